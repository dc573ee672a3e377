"""Does the command line keep its contract, also when something is in the way?"""
