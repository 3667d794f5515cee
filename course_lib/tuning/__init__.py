"""Tuning: which settings train best.

searches.py    the searches of notebook 6, as pure functions
"""
