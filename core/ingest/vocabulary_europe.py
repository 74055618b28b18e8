"""Words that shops use for the fields in German, French and Spanish; data only."""

from typing import Final

from core.ingest.spelling import words

_DATE: Final = (
    "datum,bestelldatum,verkaufsdatum,rechnungsdatum,belegdatum,buchungsdatum,transaktionsdatum,tag,woche,monat,"
    "date de commande,date commande,date de vente,date de facture,jour,semaine,mois,"
    "fecha,fecha de pedido,fecha pedido,fecha de venta,fecha de factura,dia,semana,mes"
)
_MONEY: Final = (
    "preis,einzelpreis,stuckpreis,verkaufspreis,vk,vk-preis,"
    "prix,prix unitaire,prix de vente,precio,precio unitario,precio de venta"
)
_ORDERED: Final = "bestellmenge,quantite commandee,cantidad pedida"

GERMAN_FRENCH_SPANISH: Final[dict[str, tuple[str, ...]]] = {
    "sold_at": words(_DATE),
    "order_id": words(
        "bestellnummer,auftragsnummer,bestellnr,auftrag,kundenauftrag,rechnungsnummer,belegnummer,bestellung,"
        "bestellung #,"
        "numero de commande,commande,no de commande,commande #,numero de facture,"
        "numero de pedido,pedido,pedido #,numero de factura"
    ),
    "sku": words(
        "artikelnummer,artikelnr,artikel-nr,artikelcode,artikel-code,artikel,produktnummer,produktcode,"
        "reference,reference produit,code article,code produit,ref,article,produit,"
        "referencia,codigo,codigo de producto,codigo de articulo,articulo,producto"
    ),
    "product_name": words(
        "artikelname,produktname,bezeichnung,artikelbezeichnung,beschreibung,produkt,"
        "nom du produit,designation,libelle,nom de l'article,nom article,"
        "nombre del producto,nombre de producto,nombre,descripcion,nombre del articulo"
    ),
    "location": words(
        "lager,lagerort,filiale,standort,geschaft,entrepot,magasin,boutique,site,point de vente,"
        "almacen,tienda,sucursal,ubicacion"
    ),
    "quantity": words(
        "menge,anzahl,verkaufte menge,stuck,absatz,verkaufte artikel,"
        "quantite,qte,quantite vendue,ventes,articles vendus,"
        "cantidad,unidades,cantidad vendida,unidades vendidas,articulos vendidos"
    ),
    "unit_price": words(_MONEY),
    "amount": words(
        "betrag,umsatz,gesamtbetrag,gesamt,nettoumsatz,zeilensumme,"
        "montant,chiffre d'affaires,ca,total,montant total,ventes nettes,"
        "importe,importe total,ventas,ventas netas,total"
    ),
    "discount": words("rabatt,nachlass,remise,reduction,descuento"),
    "status": words("bestellstatus,auftragsstatus,zustand,statut,etat,statut de la commande,estado,estado del pedido"),
    "channel": words("kanal,vertriebskanal,verkaufskanal,plattform,canal,canal de vente,canal de venta,plataforma"),
    "category": words(
        "kategorie,warengruppe,artikelgruppe,produktgruppe,categorie,famille,rayon,groupe d'articles,"
        "categoria,familia,grupo de articulos"
    ),
    "customer": words("kundennummer,kunden-nr,kunde,numero client,code client,client,numero de cliente,cliente"),
    "unit": words("einheit,mengeneinheit,masseinheit,me,unite,unite de mesure,unidad,unidad de medida"),
    "currency": words("wahrung,devise,monnaie,moneda,divisa"),
    "stock_date": words(
        "bestandsdatum,stichtag,inventurdatum,date de stock,date d'inventaire,fecha de inventario," + _DATE
    ),
    "on_hand": words(
        "bestand,lagerbestand,istbestand,tatsachliche menge,istmenge,verfugbarer bestand,"
        "stock disponible,stock physique,quantite en stock,en stock,quantite reelle,"
        "existencias,stock actual,cantidad en stock,inventario,cantidad real"
    ),
    "on_order": words(
        "bestellt,bestellte menge,offene bestellungen,en commande,en cours de commande,pedido pendiente,en transito"
    ),
    "allocated": words("reserviert,reservierte menge,reserve,quantite reservee,reservado,cantidad reservada"),
    "moved_on": words("bewegungsdatum,date de mouvement,fecha de movimiento," + _DATE),
    "kind": words("bewegungsart,vorgang,typ,type de mouvement,tipo de movimiento,tipo"),
    "document": words("beleg,belegnummer,piece,numero de piece,documento"),
    "quantity_in": words("zugang,eingang,eingangsmenge,entree,quantite entree,entrees,entrada,entradas"),
    "quantity_out": words("abgang,ausgang,ausgangsmenge,sortie,quantite sortie,sorties,salida,salidas"),
    "brand": words("marke,marque,marca"),
    "unit_cost": words(
        "einkaufspreis,ek,ek-preis,kosten,stuckkosten,prix d'achat,cout,cout unitaire,coste,costo,precio de compra"
    ),
    "supplier": words(
        "lieferant,lieferantenname,hauptlieferant,stammlieferant,standardlieferant,hersteller,"
        "fournisseur,fabricant,proveedor,fabricante"
    ),
    "launched_on": words("einfuhrungsdatum,verkaufsstart,date de lancement,fecha de lanzamiento"),
    "discontinued_on": words("auslaufdatum,verkaufsende,date de fin,fecha de baja"),
    "shelf_life_days": words(
        "haltbarkeit,haltbarkeit in tagen,mhd tage,duree de conservation,dlc jours,vida util,dias de caducidad"
    ),
    "units_per_pack": words(
        "stuck pro packung,inhalt,ve-inhalt,unites par colis,colisage,unidades por caja,unidades por paquete"
    ),
    "lead_time_days": words(
        "lieferzeit,wiederbeschaffungszeit,lieferzeit tage,lieferzeit in tagen,beschaffungszeit,lieferfrist,"
        "delai,delai de livraison,delai d'approvisionnement,"
        "plazo de entrega,tiempo de entrega"
    ),
    "moq": words(
        "mindestbestellmenge,mindestmenge,mindestabnahme,mindestabnahmemenge,"
        "quantite minimum,quantite minimale de commande,cantidad minima,pedido minimo"
    ),
    "pack": words(
        "verpackungseinheit,packungsgrosse,gebinde,gebindegrosse,ve,bestellvielfaches,losgrosse,"
        "conditionnement,multiple de commande,multiplo,unidad de embalaje"
    ),
    "order_minimum": words("mindestbestellwert,minimum de commande,franco,importe minimo"),
    "order_cost": words("bestellkosten,cout de commande,coste de pedido"),
    "po_id": words("bestellnummer,bestellung,numero de commande,bon de commande,orden de compra,numero de orden"),
    "ordered_on": words("bestelldatum,bestellt am,date de commande,commande le,fecha de orden,fecha de pedido"),
    "due_on": words(
        "liefertermin,lieferdatum,geplantes lieferdatum,date de livraison,livraison prevue,fecha de entrega"
    ),
    "received_on": words("wareneingang,eingangsdatum,geliefert am,date de reception,recu le,fecha de recepcion"),
    "ordered_units": words("menge,anzahl,quantite,cantidad," + _ORDERED),
    "received_units": words("gelieferte menge,eingangsmenge,quantite recue,cantidad recibida"),
    "period": words(_DATE),
    "since": words("von,gultig ab,startdatum,beginn,du,date de debut,debut,valable du,desde,fecha de inicio,inicio"),
    "until": words("bis,gultig bis,enddatum,ende,au,date de fin,fin,valable jusqu'au,hasta,fecha de fin,fecha final"),
    "value": words("wert,valeur,valor"),
    "label": words("bemerkung,anmerkung,remarque,nota"),
}
"""Words for each field, whatever the role, best first."""
