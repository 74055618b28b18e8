"""What a header means: a field, a driver, a column about people, or a restatement of the date."""

from collections.abc import Iterable
from typing import Final

from core.ingest.privacy_words import PERSONAL, is_personal
from core.ingest.spelling import plain, words
from core.ingest.vocabulary import ENGLISH_AND_CHINESE
from core.ingest.vocabulary_europe import GERMAN_FRENCH_SPANISH

__all__ = ["is_personal", "plain"]

FIELD_WORDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    role: {field: (*known, *GERMAN_FRENCH_SPANISH.get(field, ())) for field, known in fields.items()}
    for role, fields in ENGLISH_AND_CHINESE.items()
}
"""Words for each field of each role, best first."""

DRIVER_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "price": words(
        "price,unit price,selling price,sell price,sales price,sale price,retail price,list price,price actual,"
        "price per unit,价格,售价,单价,零售价,preis,verkaufspreis,prix,prix de vente,precio,precio de venta"
    ),
    "promotion": words(
        "promotion,promo,on promotion,is promo,promotion flag,promo flag,in promotion,deal,campaign,coupon,促销,活动,"
        "大促,是否促销,aktion,kampagne,promocion,oferta"
    ),
    "discount": words(
        "discount rate,discount percent,discount pct,discount %,percent off,markdown,折扣率,折扣,rabatt,remise,"
        "descuento"
    ),
    "clicks": words("clicks,click,traffic,点击量,点击数,点击次数,klicks,clics"),
    "views": words(
        "page views,pageviews,views,product views,detail views,impressions,浏览量,商品浏览量,曝光量,seitenaufrufe,"
        "pages vues,paginas vistas,visualizaciones"
    ),
    "sessions": words(
        "sessions,visits,visitors,unique visitors,访客数,商品访客数,访问次数,会话数,besuche,sitzungen,visites,"
        "visiteurs,"
        "visitas,visitantes,sesiones"
    ),
    "favourites": words(
        "favourites,favorites,wishlist,wishlists,wishlist adds,add to favourites,add to wishlist,收藏数,收藏,收藏人数,"
        "商品收藏人数,merkliste,favoris,favoritos"
    ),
    "add_to_cart": words(
        "add to cart,adds to cart,carts,cart adds,cart additions,basket adds,加购件数,加购,加购人数,商品加购件数,"
        "加入购物车,warenkorb,ajouts au panier,carrito"
    ),
    "conversion": words(
        "conversion,conversion rate,cvr,转化率,支付转化率,成交转化率,konversionsrate,taux de conversion,"
        "tasa de conversion"
    ),
    "ad_spend": words(
        "ad spend,adspend,advertising,advertising spend,advertising cost,marketing spend,ad cost,spend,推广花费,"
        "广告费,"
        "广告花费,推广费,werbeausgaben,werbekosten,depenses publicitaires,gasto publicitario"
    ),
    "competitor_price": words(
        "competitor price,competitors price,competitor price index,competitor index,competition price,market price,"
        "竞品价格,竞品价格指数,竞争对手价格,市场价,wettbewerbspreis,prix concurrent,precio competencia"
    ),
    "search_index": words(
        "search index,search volume,search interest,google trends,trends,baidu index,搜索指数,百度指数,微信指数,"
        "搜索量,"
        "suchindex,indice de recherche,indice de busqueda"
    ),
    "macro_index": words(
        "macro index,consumer confidence,consumer confidence index,cpi,ppi,pmi,consumer price index,unemployment,"
        "unemployment rate,gdp,宏观指数,消费者信心指数,居民消费价格指数"
    ),
    "holiday": words("holiday,is holiday,public holiday,节假日,是否节假日,feiertag,jour ferie,festivo"),
    "temperature": words("temperature,temp,avg max temp,mean temperature,温度,气温,temperatur,temperatura"),
    "rain": words("rain,rainfall,precipitation,降水量,降雨量,niederschlag,pluie,lluvia"),
    "event": words("event,event name,event name 1,event name 2,promotion name,holiday name,活动名称,节日,节日名称"),
}
"""Words for drivers with a name of their own; others keep their header."""

CALENDAR_WORDS: Final = frozenset(
    words(
        "weekday,wday,day of week,month,year,week,quarter,day,week number,wm_yr_wk,row id,id,index,"
        "index level 0,timeseries"
    )
)
"""Columns that only restate the date or number the rows: never drivers."""

FILE_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (r"purchase|(?:^|[^a-z])po(?:[^a-z]|$)|采购|bestellung.*lieferant", "orders"),
    (r"movement|stock.?ledger|goods.?receipt|stock.?transfer|出入库|调拨|lagerbewegung|mouvement|movimiento",
     "movements"),
    (r"supplier|vendor|supply|供应|lieferant|fournisseur|proveedor", "suppliers"),
    (r"stock|inventory|on.?hand|库存|盘点|bestand|inventaire|inventario", "stock"),
    (r"product|item|catalog|sku.?master|商品|产品|artikel|produit|producto", "products"),
    (r"driver|promo|traffic|feature|weather|holiday|calendar|event|price|behaviou?r|促销|流量|节假日|活动", "drivers"),
    (r"sales|order|transaction|demand|retail|销售|订单|umsatz|verkauf|ventes|ventas|pedidos|commandes", "sales"),
)  # fmt: skip
"""What a file name hints at, first match wins."""

_KNOWN: Final = (
    frozenset(word for role in FIELD_WORDS.values() for known in role.values() for word in known)
    | frozenset(word for known in DRIVER_WORDS.values() for word in known)
    | PERSONAL
    | CALENDAR_WORDS
)


def is_known(header: str) -> bool:
    """Whether some field, driver or personal column goes by this header."""
    return plain(header) in _KNOWN


def driver_name(header: str) -> str:
    """Canonical name of a driver column; its own header where we know none.

    Example:
        >>> driver_name("IsHoliday"), driver_name("Fuel_Price")
        ('holiday', 'Fuel_Price')
    """
    word = plain(header)
    return next((name for name, known in DRIVER_WORDS.items() if word in known), header.strip())


def knows_driver(headers: Iterable[str]) -> bool:
    """Whether one of the headers is a driver we know by name."""
    return any(driver_name(header) != header.strip() or plain(header) in DRIVER_WORDS for header in headers)
