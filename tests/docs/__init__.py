"""Does what the documents tell hold?"""
