# {{this}} ${HOME} $(id) `id` \ 'é' "日本"
NAMES = ["setosa", "versicolor", "virginica"]


def post(predictions):
    return [{"class": NAMES[number]} for number in predictions]
