"""Names of columns about persons, in English, Chinese, German, French and Spanish, and how headers match them."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from core.ingest.spelling import plain, words

WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "mail": words(
        "email,e-mail,mail,email address,e-mail address,mail address,customer email,buyer email,contact email,"
        "邮箱,邮箱地址,电子邮箱,电子邮件,邮件地址,mailadresse,e-mail-adresse,kunden-e-mail,"
        "courriel,adresse mail,adresse e-mail,correo,correo electrónico,email del cliente"
    ),
    "phone": words(
        "phone,phone number,phone no,buyer phone number,telephone,telephone number,tel,mobile,mobile number,"
        "mobile phone,cell,cell phone,cellphone,fax,fax number,contact number,whatsapp,手机,手机号,手机号码,电话,"
        "电话号码,联系电话,联系手机,"
        "联系方式,固定电话,收货电话,收货人手机,telefon,telefonnummer,telefonnr,handy,handynummer,mobilnummer,"
        "mobiltelefon,"
        "téléphone,numéro de téléphone,portable,teléfono,teléfono móvil,móvil,celular,número de teléfono"
    ),
    "name": words(
        "customer name,client name,buyer,buyer name,recipient,recipient name,receiver,receiver name,consignee,"
        "billing name,shipping name,first name,last name,full name,surname,forename,given name,family name,middle name,"
        "contact,contact name,contact person,cardholder,account holder,employee,employee name,cashier,salesperson,"
        "姓名,真实姓名,客户姓名,客户名称,会员姓名,收货人,收货人姓名,收件人,收件人姓名,联系人,联系人姓名,买家姓名,"
        "kundenname,name des kunden,vorname,nachname,familienname,empfänger,ansprechpartner,kontaktperson,mitarbeiter,"
        "nom du client,nom de famille,prénom,destinataire,nom complet,"
        "nombre del cliente,nombre completo,apellido,apellidos,destinatario"
    ),
    "login": words(
        "username,user name,login,nickname,nick,screen name,买家会员名,会员名,会员昵称,昵称,买家昵称,用户名,下单帐号,"
        "下单账号,"
        "微信,微信号,微信昵称,qq,qq号,benutzername,nom d'utilisateur,nombre de usuario"
    ),
    "address": words(
        "address,address 1,address 2,street,street address,street name,house number,billing address,billing address1,"
        "billing address2,billing street,shipping address,shipping address1,shipping address2,shipping street,"
        "ship address,delivery address,home address,收货地址,收件地址,客户地址,详细地址,地址,联系地址,"
        "adresse,anschrift,straße,strasse,hausnummer,rechnungsadresse,lieferadresse,"
        "adresse postale,adresse de livraison,adresse de facturation,rue,dirección,calle,dirección de envío"
    ),
    "place": words(
        "zip,zip code,zipcode,postal code,postcode,post code,city,town,billing city,billing zip,shipping city,"
        "shipping zip,ship city,ship postal code,邮编,邮政编码,城市,收货城市,"
        "plz,postleitzahl,ort,wohnort,stadt,code postal,ville,código postal,ciudad"
    ),
    "id_number": words(
        "ssn,social security number,passport,passport number,passport no,national id,national id number,id card,"
        "id card number,id card no,identity number,driver license,driving licence,tax id,vat id,身份证,身份证号,"
        "身份证号码,证件号,"
        "证件号码,护照号,护照号码,ausweisnummer,personalausweis,sozialversicherungsnummer,steuernummer,steuer-id,"
        "numéro de sécurité sociale,dni,nif,nie,documento de identidad"
    ),
    "account": words(
        "iban,bank account,bank account number,account number,card number,credit card,credit card number,"
        "买家支付宝账号,支付宝账号,支付宝账户,银行卡号,银行账号,银行卡,kontonummer,kreditkarte,kreditkartennummer,"
        "numéro de carte,tarjeta,número de tarjeta,cuenta bancaria"
    ),
    "birthday": words(
        "birthday,date of birth,birth date,birthdate,dob,birth year,year of birth,生日,出生日期,出生年月,"
        "geburtsdatum,geburtstag,date de naissance,fecha de nacimiento"
    ),
    "device": words(
        "ip,ip address,browser ip,customer ip,user agent,device id,ip地址,ip-adresse,adresse ip,dirección ip"
    ),
}  # fmt: skip
"""Names of columns about persons by what they hold, compared as `plain` spells them."""

PERSONAL: Final = frozenset(word for known in WORDS.values() for word in known)
"""Columns about persons: never mapped by the program itself, and dropped before anything is kept."""

NOTES: Final = frozenset(
    words(
        "note,notes,comment,comments,remark,remarks,memo,message,order notes,order comments,customer note,"
        "customer notes,"
        "customer comment,buyer message,gift message,delivery instructions,note attributes,"
        "备注,订单备注,买家留言,卖家备注,买家备注,客服备注,留言,bemerkung,bemerkungen,kommentar,anmerkung,notiz,"
        "remarque,remarques,commentaire,commentaires,nota,notas,comentario,comentarios,observaciones"
    )
)
"""Columns of free text, in which shops write names, telephone numbers and wishes."""

CUSTOMERS: Final = frozenset(
    words(
        "customer,customers,customer id,customerid,customer no,customer number,customer code,customer reference,"
        "buyer id,buyer user id,client,client id,household id,household,user id,userid,member id,member no,"
        "member number,"
        "loyalty card,loyalty number,guest id,会员编号,会员ID,会员号,客户编号,客户ID,客户,用户ID,用户编号,买家ID,"
        "kunde,kundennummer,kundennr,kunden-id,numéro client,no client,cliente,número de cliente,id cliente"
    )
)
"""Numbers and names under which a shop knows a customer: pseudonyms, or dropped when no field needs them."""

_SPLIT: Final = re.compile(r"[^a-z0-9]+")
_HUMPS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TELLING: Final[Mapping[str, str]] = {
    word: kind
    for kind, text in {
        "mail": "email mail courriel correo",
        "phone": "phone telephone tel telefon telefono mobile cellphone handy fax",
        "name": "surname firstname lastname fullname forename vorname nachname prenom apellido apellidos",
        "login": "username nickname login",
        "address": "address street strasse anschrift direccion addr",
        "place": "zip zipcode postcode plz city ville ciudad",
        "id_number": "ssn passport",
        "account": "iban",
        "birthday": "birthday birthdate dob",
        "device": "ip",
    }.items()
    for word in text.split()
}
_PERSONS: Final = frozenset(
    words(
        "customer,client,buyer,billing,bill,shipping,ship,recipient,receiver,consignee,contact,guest,member,user,employee,"
        "cashier,salesperson,purchaser,payer,kunde,kunden,kontakt,kaufer,empfanger,cliente,destinatario,destinataire"
    )
)
_QUALIFIERS: Final = _PERSONS | frozenset(
    words(
        "to,of,the,no,nr,number,code,address,addresses,line,full,first,last,given,family,primary,secondary,default,work,"
        "home,delivery,invoice,order,main,private,business,e,s,mobile,phone,del,du,de,des,1,2,3,4"
    )
)
_CHINESE: Final = re.compile(
    r"^(?:买家|客户|顾客|会员|用户|收货人?|收件人?|联系人?|下单人?|付款人?|购买者|购买人|订货人|发货人|收票人|注册)?"
    r"(?:(?P<name>姓名|名字|昵称)|(?P<phone>手机|手机号|手机号码|电话|电话号码|联系方式)|(?P<mail>邮箱|电子邮箱|邮件|邮箱地址)|"
    r"(?P<address>地址|详细地址|住址)|(?P<id_number>身份证|身份证号|身份证号码|证件号|证件号码))\d?$"
)


def kind_of_header(header: str) -> str:
    """What a column of this name holds about persons; "" when its name does not say so.

    Example:
        >>> [kind_of_header(name) for name in ("Billing Phone 2", "BuyerEmail", "收件人手机号", "Phone case", "Name")]
        ['phone', 'mail', 'phone', '', '']
    """
    word = plain(header)
    listed = next((kind for kind, known in WORDS.items() if word in known), "")
    if listed:
        return listed
    if match := _CHINESE.match(word):
        return match.lastgroup or ""
    return _by_parts(header)


def _by_parts(header: str) -> str:
    """A header made of nothing but a telling word and words that say whose it is."""
    folded = unicodedata.normalize("NFKD", _HUMPS.sub(" ", header))
    bare = "".join(char for char in folded if not unicodedata.combining(char)).lower()
    parts = [part for part in _SPLIT.split(bare) if part]
    if not bare.isascii() or not parts:
        return ""
    if set(parts) <= _QUALIFIERS | {"name"} and "name" in parts and set(parts) & _PERSONS:
        return "name"
    # “Phone case” is a product: every other word must say whose or which one
    kinds = [_TELLING[part] for part in parts if part in _TELLING]
    return kinds[0] if kinds and set(parts) <= _QUALIFIERS | _TELLING.keys() else ""


def is_personal(header: str) -> bool:
    """Whether a column of this name is about persons."""
    return kind_of_header(header) != ""


def is_customer(header: str) -> bool:
    """Whether a column of this name holds the shop's own numbers or names of customers."""
    return plain(header) in CUSTOMERS


def is_note(header: str) -> bool:
    """Whether a column of this name holds free text written by or about a customer."""
    return plain(header) in NOTES
