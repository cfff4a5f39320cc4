"""One task, several engines: rank every product for every need, keep the best twenty.

``…_whole_score`` compute every component themselves from what needs and products state;
``…_handed_sums`` look up the partial sums that the compiled engine reads.

Each module has a class that is made from the prepared workload and offers

``rank()``
    the whole work, from columns in memory to the best products of every need; what is timed;
``lists(answer)``
    the answer in one form for all, to be compared; never timed.
"""
