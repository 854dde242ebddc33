"""What an operator does with a portal as a whole: move it to another database, back it up, bring it back."""
