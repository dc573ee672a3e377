"""The demo of four municipalities."""
