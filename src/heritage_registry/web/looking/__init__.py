"""What the files hold now, and the pages that show it."""
