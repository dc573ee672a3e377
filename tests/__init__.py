"""The rules told as sentences, refusals before permissions."""
