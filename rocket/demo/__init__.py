"""The demonstration: invented people and organisations, a programme with an open call, a case in each stage.

Everything is made through the services, so that the demonstration holds nothing that the portal would refuse.
"""
