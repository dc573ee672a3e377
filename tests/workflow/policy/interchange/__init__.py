"""Do other people's programs read what we write, and we what they write?"""
