"""What does a screen need to know, as plain values read in one go?"""
