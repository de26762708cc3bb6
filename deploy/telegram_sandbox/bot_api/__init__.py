"""The Bot API: `/bot<token>/<method>`. https://core.telegram.org/bots/api"""
