"""What the tests stand on: the servers, the sandbox, the admin service's edge, people."""
