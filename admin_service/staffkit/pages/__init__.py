"""What every staff page is made of: who gets through, which parameters a list takes, how a form is saved."""
