"""What travels with a form: what its page showed, a key that makes it act once, a seal on what was previewed."""
