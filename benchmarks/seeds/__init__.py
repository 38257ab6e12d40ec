"""Does the training hold whatever the seed?"""
