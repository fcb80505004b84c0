"""Questions to the running server, from inside its container: the image is tested without a network.

main.py       the order, the questions, the report
order.py      what caisson asks for, and the user's own requests
question.py   one request with what is expected of its answer
example.py    a question from the model's input example, or made from its signature
ask.py        the request, over loopback
judge.py      whether an answer is what was expected
memory.py     what all processes of the server hold
"""
