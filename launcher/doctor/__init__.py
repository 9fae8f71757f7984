"""Still unable to connect? Checks that find what is in the way, say it in one sentence, and offer what helps."""
