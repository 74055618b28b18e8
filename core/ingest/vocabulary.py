"""Words that shops use for the fields of each role, in English and Chinese; data only."""

from typing import Final

from core.ingest.spelling import words

_SKU: Final = (
    "sku,variant sku,lineitem sku,seller-sku,msku,internal reference,item code,item id,item no,item number,"
    "product code,product id,product no,product number,stockcode,stock code,article,article no,article number,artikel,"
    "material,part no,part number,part,product/internal reference,unique_id,asin,ean,upc,gtin,barcode,item,product,"
    "SKU编码,SKU ID,商品编码,商家编码,商品ID,商品编号,单品编码,货号,"
    "物料编码,物料编号,物料代码,物料号,品号,条码,商品条码,外部系统编号,规格编码,商家SKU,产品编码,产品编号,款号,宝贝ID"
)
_NAME: Final = (
    "product name,item name,product title,description,item description,title,lineitem name,商品名称,单品名称,宝贝标题,"
    "标题,品名,产品名称,物料名称,名称,name,product"
)
_LOCATION: Final = (
    "location,warehouse,store,store id,site,branch,dc,distribution center,agency,fulfillment-channel,depot,shop,"
    "outlet,"
    "仓库,仓库名称,仓库编码,库房,门店,门店名称,门店编码,地点,库位,配送中心"
)
_CATEGORY: Final = (
    "category,product category,item group,product type,department,product group,segment,"
    "类目,分类,分类名称,品类,商品类目,物料组,category of product"
)
_UNIT_COST: Final = (
    "unit cost,cost,cost per item,purchase price,landed cost,cogs,standard price,valuation rate,vendors/price,"
    "成本,成本价,采购价,进价,单位成本"
)
_UNIT_PRICE: Final = (
    "unit price,price,lineitem price,rate,selling price,sale price,sales price,retail price,variant price,"
    "regular price,price actual,actual price,standard selling rate,单价,售价,商品单价,京东价,成交价,价格"
)
_UNIT: Final = (
    "uom,unit of measure,unit,units of measure,sales unit,measure unit,stock uom,单位,计量单位,销售单位,包装单位"
)
_SUPPLIER: Final = (
    "supplier,supplier name,supplier id,supplier code,vendor,vendor name,default supplier,preferred supplier,"
    "main supplier,primary supplier,default vendor,preferred vendor,vendors/vendor,manufacturer,"
    "供应商,供应商名称,供应商编码,供货商,默认供应商,厂商"
)
_LEAD_TIME: Final = (
    "lead time days,lead time,leadtime,lead time in days,supplier lead time,vendor lead time,purchase lead time,"
    "replenishment lead time,delivery time,delivery lead time,vendors/delivery lead time,delay,"
    "提前期,提前期天数,采购提前期,交货期,采购周期,备货周期,到货天数"
)
_MOQ: Final = (
    "moq,minimum order quantity,minimum order qty,min order qty,min order quantity,minimum purchase quantity,"
    "vendors/minimal quantity,vendors/quantity,min lot,size_minimum,起订量,最小起订量,最小订货量,最小采购量"
)
_PACK: Final = (
    "pack,pack size,case pack,multiple,multiple quantity,order multiple,order multiples,purchase multiple,rounding,"
    "size_multiple,箱规,包装数,倍数,订货倍数,每箱数量"
)

ENGLISH_AND_CHINESE: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "sales": {
        "sold_at": words(
            "order date,sold at,sale date,sales date,date,invoice date,transaction date,purchase-date,posting date,"
            "created at,ordered at,paid at,date_order,ds,timestamp,datetime,day,week,month,period,订单日期,下单时间,"
            "下单日期,订单创建时间,创建时间,付款时间,订单付款时间,支付时间,付款确认时间,成交时间,销售日期,统计日期,"
            "业务日期,交易日期,过账日期,日期,时间,发货时间"
        ),
        "order_id": words(
            "order id,order no,order #,order number,amazon-order-id,transaction id,invoice no,invoice,sales order,"
            "receipt,basket id,order reference,order,订单号,订单编号,主订单编号,子订单编号,单据编号,交易编号,流水号,"
            "小票号,订单,订单 #,销售订单"
        ),
        "sku": words(_SKU),
        "product_name": words(_NAME),
        "location": words(_LOCATION),
        "quantity": words(
            "quantity,qty,units,units sold,lineitem quantity,net quantity,items sold,quantity-purchased,quantity sold,"
            "order quantity,qty ordered,ordered quantity,# of qty,sold,pieces,item quantity,sold quantity,"
            "sales quantity,"
            "sales units,sales volume,数量,购买数量,订购数量,销量,销售数量,宝贝总数量,件数,商品数量,出库数量,"
            "成交件数,支付件数,销售件数,已售商品,已售商品数,售出商品,销售量,下单件数,demand,y,volume,count,"
            "weekly sales,daily sales,sales,target"
        ),
        "unit_price": words(_UNIT_PRICE),
        "amount": words(
            "amount,revenue,gross sales,net sales,net revenue,line total,total,subtotal,sales value,item-price,sales,"
            "turnover,untaxed total,total price,billed amount,金额,销售额,总金额,订单金额,实付金额,买家实际支付金额,"
            "应付金额,净销售额,结算金额,成交金额,商品金额"
        ),
        "discount": words("discount,discounts,discount amount,lineitem discount,coupons,优惠,折扣,优惠金额,满减"),
        "status": words(
            "status,order status,financial status,item-status,event type,state,订单状态,状态,交易状态,支付状态,发货状态"
        ),
        "channel": words("channel,sales-channel,source,marketplace,platform,渠道,平台,店铺,店铺名称,订单来源,订单渠道"),
        "category": words(_CATEGORY),
        "customer": words(
            "customer id,customerid,customer no,customer number,customer,buyer id,household id,user id,会员编号,"
            "会员ID,客户,客户编号,客户ID"
        ),
        "unit": words(_UNIT),
        "currency": words("currency,currency code,order currency,币种,货币,结算币种"),
        "driver": (),
    },
    "stock": {
        "stock_date": words(
            "stock date,snapshot date,as of,inventory date,count date,date,"
            "库存日期,盘点日期,快照日期,日期,统计日期,day,period,week"
        ),
        "sku": words(_SKU),
        "location": words(_LOCATION),
        "on_hand": words(
            "on hand,onhand,qty on hand,quantity on hand,stock,stock level,stock on hand,inventory,actual qty,"
            "inventory quantity,variant inventory qty,current stock,soh,endingwarehousebalance,available,"
            "afn-fulfillable-quantity,现有库存,库存,实物库存,在库数量,库存数量,账面库存,期末库存,可用库存,可售库存,"
            "on hand current,quantity on stock,in stock,balance,closing stock,ending balance,实际数量,结存数量,结存,"
            "剩余库存,"
            "quantity,qty"
        ),
        "on_order": words(
            "on order,incoming,ordered qty,open po,inbound,in transit,afn-inbound-shipped-quantity,qty to receive,"
            "在途,"
            "在途库存,在途数量,采购在途,待入库,已订购数量,采购订购数量,已采购未到货"
        ),
        "allocated": words(
            "allocated,committed,reserved,reserved qty,backorder,占用,占用库存,锁定库存,预占库存,预留数量,待发货"
        ),
        "movement": (),
    },
    "movements": {
        "moved_on": words(
            "moved on,movement date,posting date,transaction date,date,receipt date,document date,booked on,"
            "created at,"
            "timestamp,day,出入库日期,出入库时间,入库日期,出库日期,入库时间,出库时间,移动日期,业务日期,单据日期,"
            "过账日期,"
            "日期,时间"
        ),
        "sku": words(_SKU),
        "location": words("from location,from warehouse,source location," + _LOCATION + ",调出仓库,来源仓库"),
        "kind": words(
            "kind,movement type,movement,transaction type,type,reason,reason code,stock entry type,voucher type,"
            "出入库类型,移动类型,业务类型,单据类型,类型,变动类型,变动原因"
        ),
        "quantity": words(
            "quantity,qty,qty change,quantity change,change,units,movement qty,actual qty,delta,数量,变动数量,"
            "出入库数量,"
            "移动数量,变动量"
        ),
        "document": words(
            "document,document no,document number,voucher no,voucher,reference,reference no,doc no,单据编号,单号,"
            "凭证号,"
            "单据号"
        ),
        "quantity_in": words(
            "quantity in,qty in,in qty,units in,received,receipts,received qty,in,inbound qty,入库数量,收入数量,"
            "进货数量,入库"
        ),
        "quantity_out": words(
            "quantity out,qty out,out qty,units out,issued,issues,issued qty,shipped,out,outbound qty,出库数量,"
            "发出数量,出库"
        ),
        "to_location": words(
            "to location,to warehouse,destination,target warehouse,destination location,调入仓库,目标仓库"
        ),
    },
    "products": {
        "sku": words(_SKU),
        "product_name": words(_NAME),
        "category": words(_CATEGORY),
        "brand": words("brand,品牌,vendor"),
        "unit_cost": words(_UNIT_COST),
        "unit_price": words(_UNIT_PRICE),
        "supplier": words(_SUPPLIER),
        "launched_on": words(
            "launched on,launch date,launched,launched date,release date,introduced,first sale,available from,"
            "上市日期,上架时间"
        ),
        "discontinued_on": words(
            "discontinued on,discontinued,discontinued date,discontinued at,discontinue date,end of life,end of sale,"
            "delisted,delisting date,下架时间,下架日期,停产日期,停售日期"
        ),
        "shelf_life_days": words(
            "shelf life days,shelf life,shelf life in days,days of shelf life,best before days,expiry days,保质期,"
            "保质期天数,有效期天数,保质天数"
        ),
        "units_per_pack": words(
            "units per pack,units in pack,pieces per pack,units per case,units per box,pcs per carton,case pack,"
            "pack size,"
            "units per carton,每箱数量,箱规,装箱数,包装规格,每包数量"
        ),
        "lead_time_days": words(_LEAD_TIME),
        "moq": words(_MOQ),
        "pack": words(_PACK),
    },
    "suppliers": {
        "supplier": words(_SUPPLIER),
        "sku": words(_SKU),
        "location": words(_LOCATION),
        "lead_time_days": words(_LEAD_TIME),
        "lead_time_sd_days": words(
            "lead time sd days,lead time sd,lead time std,lead time deviation,lead time standard deviation,提前期标准差"
        ),
        "review_period_days": words("review period days,review period,order cycle,review days,盘点周期,订货周期"),
        "moq": words(_MOQ),
        "pack": words(_PACK),
        "order_minimum": words("order minimum,minimum order value,order value minimum,起订金额,最低订货金额"),
        "order_cost": words("order cost,ordering cost,cost per order,fixed cost,订货成本,订货费"),
        "unit_cost": words(_UNIT_COST),
    },
    "orders": {
        "po_id": words(
            "po id,po number,po no,po so #,purchase order,po,order id,order no,order number,采购单号,采购订单号,"
            "单据编号"
        ),
        "supplier": words(_SUPPLIER),
        "sku": words(_SKU),
        "location": words(_LOCATION),
        "ordered_on": words(
            "ordered on,order date,po date,ordered,ordered at,sendout date,date ordered,采购日期,下单日期,订货日期,"
            "date,order created,purchase date,po sent to vendor date"
        ),
        "due_on": words(
            "due on,due date,delivery date,expected date,expected on,eta,scheduled date,scheduled delivery date,"
            "required by,"
            "expected delivery date,预计到货,预计到货日期,交货日期"
        ),
        "received_on": words(
            "received on,received date,received at,receipt date,delivered on,delivered date,delivered to client date,"
            "delivery recorded date,"
            "arrival date,收货日期,到货日期,入库日期"
        ),
        "ordered_units": words(
            "ordered units,ordered qty,ordered quantity,order qty,order quantity,qty to receive,quantity,qty,units,"
            "采购数量,订货数量,数量"
        ),
        "received_units": words(
            "received units,received qty,received quantity,qty received,收货数量,到货数量,入库数量"
        ),
        "unit_cost": words(_UNIT_COST + "," + _UNIT_PRICE),
    },
    "drivers": {
        "period": words("period,date,day,week,month,ds,日期,统计日期,时间,event date,start date"),
        "since": words(
            "since,start date,from,from date,valid from,effective from,effective date,start,begins,begin date,"
            "starts on,"
            "promo start,promotion start,date from,开始日期,开始时间,生效日期,活动开始时间,活动开始日期,起始日期"
        ),
        "until": words(
            "until,end date,to,to date,valid to,valid until,effective to,expiry date,end,ends,ends on,promo end,"
            "promotion end,date to,结束日期,结束时间,失效日期,活动结束时间,活动结束日期,截止日期"
        ),
        "sku": words(_SKU),
        "location": words(_LOCATION),
        "driver": words("driver,driver name,variable,feature,factor,因素,指标"),
        "value": words("value,driver value,amount,level,值,数值"),
        "label": words("label,note,comment,备注,标签"),
    },
}
"""Words for each field of each role, best first."""
