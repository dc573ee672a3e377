"""How do policies travel between Instans and other people's programs?"""
