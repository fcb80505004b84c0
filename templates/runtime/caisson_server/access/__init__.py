"""Who may ask: API keys for everybody, CORS for web pages.

api_keys.py  ApiKeys: whether a request holds a key
key_file.py  the file with the keys
cors.py      Cors: which headers let a web page of another origin read an answer
"""
