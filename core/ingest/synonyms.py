"""Words that shops use for our fields, in English and Chinese; data only, plus how words are compared."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_BRACKETS: Final = re.compile(r"[(（\[{][^)）\]}]*[)）\]}]")


def plain(header: str) -> str:
    """A header reduced to what matters for comparing it: no case, width, brackets, units, blanks or punctuation.

    Example:
        >>> plain(" Stock_Code (main)"), plain("批发价格(元/千克)")
        ('stockcode', '批发价格')
    """
    text = unicodedata.normalize("NFKC", header).lower()
    bare = "".join(char for char in _BRACKETS.sub("", text) if char.isalnum())
    # a header that is nothing but brackets keeps what stands in them
    return bare or "".join(char for char in text if char.isalnum())


def _words(text: str) -> tuple[str, ...]:
    return tuple(plain(word) for word in text.split(","))


_SKU: Final = (
    "sku,variant sku,lineitem sku,seller-sku,msku,item code,item id,item no,item number,product code,product id,"
    "product no,product number,stockcode,stock code,article,article no,article number,artikel,material,part no,"
    "part number,part,unique_id,asin,ean,upc,gtin,barcode,item,product,"
    "SKU编码,SKU ID,商品编码,商家编码,商品ID,商品编号,单品编码,货号,"
    "物料编码,物料编号,品号,条码,商品条码,外部系统编号,规格编码,宝贝ID"
)
_NAME: Final = (
    "product name,item name,product title,description,item description,title,lineitem name,商品名称,单品名称,宝贝标题,"
    "标题,品名,产品名称,物料名称,名称,name,product"
)
_LOCATION: Final = (
    "location,warehouse,store,store id,site,branch,dc,distribution center,agency,fulfillment-channel,depot,shop,outlet,"
    "仓库,仓库名称,库房,门店,门店名称,地点,配送中心"
)
_CATEGORY: Final = (
    "category,product category,item group,product type,department,product group,segment,"
    "类目,分类,分类名称,品类,商品类目"
)
_UNIT_COST: Final = (
    "unit cost,cost,cost per item,purchase price,landed cost,cogs,standard price,成本,成本价,采购价,进价,单位成本"
)
_UNIT_PRICE: Final = (
    "unit price,price,lineitem price,rate,selling price,sale price,sales price,retail price,variant price,"
    "regular price,单价,售价,商品单价,京东价,成交价,价格"
)
_SUPPLIER: Final = "supplier,supplier name,supplier id,vendor,vendor name,manufacturer,供应商,供应商名称,供货商,厂商"

FIELD_WORDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "sales": {
        "sold_at": _words(
            "order date,sold at,sale date,sales date,date,invoice date,transaction date,purchase-date,posting date,"
            "created at,ordered at,paid at,date_order,ds,timestamp,datetime,day,week,month,period,订单日期,下单时间,"
            "下单日期,订单创建时间,创建时间,付款时间,订单付款时间,支付时间,付款确认时间,成交时间,销售日期,统计日期,"
            "业务日期,日期,发货时间,datum"
        ),
        "order_id": _words(
            "order id,order no,order #,order number,amazon-order-id,transaction id,invoice no,invoice,sales order,"
            "receipt,basket id,订单号,订单编号,主订单编号,子订单编号,单据编号,交易编号,流水号,order"
        ),
        "sku": _words(_SKU),
        "product_name": _words(_NAME),
        "location": _words(_LOCATION),
        "quantity": _words(
            "quantity,qty,units,units sold,lineitem quantity,net quantity,items sold,quantity-purchased,quantity sold,"
            "order quantity,sold,pieces,数量,购买数量,订购数量,销量,销售数量,宝贝总数量,件数,商品数量,出库数量,"
            "成交件数,支付件数,menge,demand,y,volume,count,weekly sales,daily sales,sales,target"
        ),
        "unit_price": _words(_UNIT_PRICE),
        "amount": _words(
            "amount,revenue,gross sales,net sales,net revenue,line total,total,subtotal,sales value,item-price,sales,"
            "turnover,金额,销售额,总金额,订单金额,实付金额,买家实际支付金额,应付金额,结算金额,成交金额,商品金额"
        ),
        "discount": _words("discount,discounts,discount amount,lineitem discount,coupons,优惠,折扣,优惠金额,满减"),
        "status": _words(
            "status,order status,financial status,item-status,event type,state,订单状态,交易状态,支付状态,发货状态"
        ),
        "channel": _words(
            "channel,sales-channel,source,marketplace,platform,渠道,平台,店铺,店铺名称,订单来源,订单渠道"
        ),
        "category": _words(_CATEGORY),
        "customer": _words(
            "customer id,customerid,customer no,customer number,customer,buyer id,household id,user id,会员编号,会员ID"
        ),
    },
    "stock": {
        "stock_date": _words(
            "stock date,snapshot date,as of,inventory date,count date,date,"
            "库存日期,盘点日期,日期,统计日期,day,period,week"
        ),
        "sku": _words(_SKU),
        "location": _words(_LOCATION),
        "on_hand": _words(
            "on hand,onhand,qty on hand,quantity on hand,stock,stock level,stock on hand,inventory,actual qty,"
            "inventory quantity,variant inventory qty,current stock,soh,endingwarehousebalance,available,"
            "afn-fulfillable-quantity,现有库存,库存,实物库存,在库数量,库存数量,账面库存,期末库存,可用库存,可售库存,"
            "on hand current,quantity,qty"
        ),
        "on_order": _words(
            "on order,incoming,ordered qty,open po,inbound,in transit,afn-inbound-shipped-quantity,qty to receive,在途,"
            "在途库存,采购在途,待入库,已采购未到货"
        ),
        "allocated": _words("allocated,committed,reserved,reserved qty,backorder,占用,锁定库存,预占库存,待发货"),
    },
    "products": {
        "sku": _words(_SKU),
        "product_name": _words(_NAME),
        "category": _words(_CATEGORY),
        "brand": _words("brand,品牌,vendor"),
        "unit_cost": _words(_UNIT_COST),
        "unit_price": _words(_UNIT_PRICE),
        "supplier": _words(_SUPPLIER),
        "launched_on": _words(
            "launched on,launch date,launched,launched date,release date,introduced,first sale,available from,"
            "上市日期,上架时间"
        ),
        "discontinued_on": _words(
            "discontinued on,discontinued,discontinued date,discontinued at,discontinue date,end of life,end of sale,"
            "delisted,delisting date,last sale,下架时间,下架日期,停产日期,停售日期"
        ),
    },
    "suppliers": {
        "supplier": _words(_SUPPLIER),
        "sku": _words(_SKU),
        "location": _words(_LOCATION),
        "lead_time_days": _words(
            "lead time days,lead time,leadtime,delivery time,delay,提前期,交货期,采购周期,备货周期,到货天数"
        ),
        "lead_time_sd_days": _words(
            "lead time sd days,lead time sd,lead time std,lead time deviation,lead time standard deviation,提前期标准差"
        ),
        "review_period_days": _words("review period days,review period,order cycle,review days,盘点周期,订货周期"),
        "moq": _words("moq,minimum order quantity,min order qty,min lot,size_minimum,起订量,最小起订量"),
        "pack": _words(
            "pack,pack size,case pack,multiple,multiple quantity,order multiple,rounding,size_multiple,箱规,包装数,"
            "倍数,每箱数量"
        ),
        "order_minimum": _words("order minimum,minimum order value,order value minimum,起订金额,最低订货金额"),
        "order_cost": _words("order cost,ordering cost,cost per order,fixed cost,订货成本,订货费"),
        "unit_cost": _words(_UNIT_COST),
    },
    "orders": {
        "po_id": _words(
            "po id,po number,po no,purchase order,po,order id,order no,order number,采购单号,采购订单号,单据编号"
        ),
        "supplier": _words(_SUPPLIER),
        "sku": _words(_SKU),
        "location": _words(_LOCATION),
        "ordered_on": _words(
            "ordered on,order date,po date,ordered,ordered at,sendout date,date ordered,采购日期,下单日期,订货日期,date"
        ),
        "due_on": _words(
            "due on,due date,delivery date,expected date,expected on,eta,scheduled date,预计到货,交货日期"
        ),
        "received_on": _words(
            "received on,received date,received at,receipt date,delivered on,arrival date,收货日期,到货日期,入库日期"
        ),
        "ordered_units": _words(
            "ordered units,ordered qty,ordered quantity,order qty,order quantity,qty to receive,quantity,qty,units,"
            "采购数量,订货数量,数量"
        ),
        "received_units": _words(
            "received units,received qty,received quantity,qty received,收货数量,到货数量,入库数量"
        ),
        "unit_cost": _words(_UNIT_COST + "," + _UNIT_PRICE),
    },
    "drivers": {
        "period": _words("period,date,day,week,month,ds,日期,统计日期,event date,start date"),
        "sku": _words(_SKU),
        "location": _words(_LOCATION),
        "driver": _words("driver,driver name,variable,feature,factor,因素,指标"),
        "value": _words("value,driver value,amount,level,值,数值"),
        "label": _words("label,note,comment,备注,标签"),
    },
}
"""Words for each field of each role, best first."""

DRIVER_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "price": _words("price,unit price,selling price,sell price,price actual,价格,售价,单价"),
    "promotion": _words("promotion,promo,on promotion,is promo,deal,campaign,coupon,促销,活动,大促"),
    "clicks": _words("clicks,page views,pageviews,sessions,visits,traffic,浏览量,访客数,点击量"),
    "favourites": _words("favourites,favorites,wishlist,add to favourites,收藏数,收藏"),
    "add_to_cart": _words("add to cart,cart adds,加购件数,加购"),
    "ad_spend": _words("ad spend,adspend,advertising,advertising spend,marketing spend,推广花费,广告费"),
    "competitor_price": _words(
        "competitor price,competitors price,competitor price index,competitor index,competition price,market price,"
        "竞品价格,竞品价格指数,竞争对手价格"
    ),
    "holiday": _words("holiday,is holiday,public holiday,节假日"),
    "temperature": _words("temperature,temp,avg max temp,温度,气温"),
    "event": _words("event,event name,event name 1,event name 2,promotion name,holiday name,活动名称"),
}
"""Words for drivers with a name of their own; others keep their header."""

CALENDAR_WORDS: Final = frozenset(
    _words(
        "weekday,wday,day of week,month,year,week,quarter,day,week number,wm_yr_wk,row id,id,index,"
        "index level 0,timeseries"
    )
)
"""Columns that only restate the date or number the rows: never drivers."""

PERSONAL: Final = frozenset(
    _words(
        "email,e-mail,customer email,buyer email,customer name,buyer,buyer name,recipient name,phone,phone number,"
        "buyer phone number,telephone,mobile,address,street,zip,zip code,postal code,postcode,city,billing name,"
        "billing street,billing address1,billing address2,billing city,billing zip,billing phone,shipping name,"
        "shipping street,shipping address1,shipping address2,shipping city,shipping zip,shipping phone,ship address,"
        "ship city,ship postal code,first name,last name,full name,birthday,date of birth,tax id,ip,ip address,"
        "买家会员名,客户姓名,会员名,下单帐号,收货人,收货人姓名,收货地址,客户地址,联系电话,联系手机,手机,手机号,"
        "买家支付宝账号,支付宝账号,邮箱,地址,employee"
    )
)
"""Columns about people: dropped before anything is kept."""

FILE_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (r"purchase|(?:^|[^a-z])po(?:[^a-z]|$)|采购", "orders"),
    (r"supplier|vendor|supply|供应", "suppliers"),
    (r"stock|inventory|on.?hand|库存|盘点", "stock"),
    (r"product|item|catalog|sku.?master|商品|产品", "products"),
    (r"driver|promo|traffic|feature|weather|holiday|calendar|event|price|促销|流量|节假日", "drivers"),
    (r"sales|order|transaction|demand|retail|销售|订单", "sales"),
)
"""What a file name hints at, first match wins."""

_KNOWN: Final = (
    frozenset(word for role in FIELD_WORDS.values() for words in role.values() for word in words)
    | frozenset(word for words in DRIVER_WORDS.values() for word in words)
    | PERSONAL
    | CALENDAR_WORDS
)


def is_known(header: str) -> bool:
    """Whether some field, driver or personal column goes by this header."""
    return plain(header) in _KNOWN


def is_personal(header: str) -> bool:
    """Whether a column of this name is about people."""
    return plain(header) in PERSONAL


def driver_name(header: str) -> str:
    """Canonical name of a driver column; its own header where we know none.

    Example:
        >>> driver_name("IsHoliday"), driver_name("Fuel_Price")
        ('holiday', 'Fuel_Price')
    """
    word = plain(header)
    return next((name for name, words in DRIVER_WORDS.items() if word in words), header.strip())


def knows_driver(headers: Iterable[str]) -> bool:
    """Whether one of the headers is a driver we know by name."""
    return any(driver_name(header) != header.strip() or plain(header) in DRIVER_WORDS for header in headers)
