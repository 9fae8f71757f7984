"""Shall this device come in?"""
