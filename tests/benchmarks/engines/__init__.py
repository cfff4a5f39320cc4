"""One task, five engines: rank every product for every need, keep the best twenty.

Each module has a class that is made from the prepared workload and offers

``rank()``
    the whole work, from columns in memory to the best products of every need; what is timed;
``lists(answer)``
    the answer in one form for all, to be compared; never timed.
"""
