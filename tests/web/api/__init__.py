"""Does the API keep its contract?"""
