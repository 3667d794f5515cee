"""Neural networks by hand: the library behind the notebooks.

    nn             the network, in NumPy: what a learner builds, at its best
    data           digits, MNIST and Fashion-MNIST
    sealed         a test set that counts how often it was looked at
    tuning         searches, and the log of what was tried
    checkpoints    check, judge, hint, progress, mine
    explorers      the sliders
    plots          the pictures
    journal        the local files that remember
    authoring      lesson source -> solutions/ and notebooks/

Importing this package imports none of them, so it costs nothing.
"""
