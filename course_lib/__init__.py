"""Neural networks by hand: the library behind the notebooks.

    nn             the network, in NumPy: what a learner builds, at its best
    data           digits, MNIST and Fashion-MNIST
    checkpoints    check, judge, hint, progress, mine
    explorers      the sliders
    plots          the pictures
    authoring      lesson source -> solutions/ and notebooks/

Importing this package imports none of them, so it costs nothing.
"""
