"""Reading without network: captures read again, archives brought up to date or made anew from them."""
