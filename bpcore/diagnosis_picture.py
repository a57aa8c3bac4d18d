def picture(sizes, findings, right, lines):
    return None
