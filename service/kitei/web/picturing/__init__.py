"""Pictures of a city: what is drawn (``posts``, ``course``), where (``layout``), and how (``svg``).

Everything drawn is a derived fact or a rule, read by the queries of
``queries/picture``; nothing here decides what follows from them.
"""
