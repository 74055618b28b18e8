"""What the shop sells, in English and Chinese: the only hand-written data of the generator."""

from typing import Final

CATEGORIES: Final = {
    "Outerwear": ("OUT", "羽绒外套"),
    "Summer & sun": ("SUN", "夏季防晒"),
    "Kitchen": ("KIT", "厨房用品"),
    "Home & bedding": ("HOM", "家居床品"),
    "Baby & kids": ("BAB", "母婴用品"),
    "Tea & snacks": ("TEA", "茶饮零食"),
    "Phone & desk": ("PHO", "手机办公"),
    "Spare parts": ("SPA", "配件"),
}
"""Category, its SKU prefix and its Chinese name."""

# Base product | Chinese | unit cost low-high | season | week | mean units per order line | variants as English=Chinese
GOODS: Final = {
    "Outerwear": """
Long down jacket|长款羽绒服|52-78|winter|weekend|1.05|Black M=黑色 M;Black L=黑色 L;Navy M=藏青 M;Navy L=藏青 L;\
White S=白色 S
Light down vest|轻薄羽绒马甲|22-30|winter|weekend|1.1|Black=黑色;Grey=灰色;Khaki=卡其
Kids down coat|儿童羽绒服|30-40|winter|weekend|1.1|Red 110=红色 110;Blue 120=蓝色 120;Pink 130=粉色 130
Wool scarf|羊毛围巾|11-16|winter|weekend|1.3|Camel=驼色;Grey=灰色;Red plaid=红格
Fleece gloves|抓绒手套|4-6|winter|flat|1.8|M=M;L=L;Touchscreen=触屏
Thermal underwear set|保暖内衣套装|12-17|winter|flat|1.6|Men M=男 M;Men L=男 L;Women M=女 M;Women L=女 L
Rain jacket|防雨夹克|20-26|mild|weekend|1.1|Yellow=黄色;Navy=藏青
Knitted beanie|针织帽|4-6|winter|weekend|1.5|Black=黑色;Cream=奶油色
""",
    "Summer & sun": """
Sunscreen SPF50|防晒霜 SPF50|6-9|summer|weekend|2.2|50 ml=50 毫升;100 ml=100 毫升;Kids 80 ml=儿童 80 毫升;\
Spray 150 ml=喷雾 150 毫升
After-sun gel|晒后修复凝胶|4-6|summer|flat|1.8|100 ml=100 毫升;200 ml=200 毫升
UV umbrella|防紫外线伞|8-12|summer|weekend|1.2|Black=黑色;Mint=薄荷绿;Floral=花卉
Beach towel|沙滩巾|7-10|summer|weekend|1.8|Stripe=条纹;Palm=棕榈
Swim goggles|泳镜|5-7|summer|weekend|1.4|Adult=成人;Kids=儿童
Handheld fan|手持风扇|5-8|summer|flat|1.6|White=白色;Pink=粉色;Green=绿色
Cooling mat|凉席|14-22|summer|flat|1.2|Single=单人;Double=双人;King=加大
Mosquito repellent|驱蚊液|3-5|summer|flat|2.8|Refill 3=补充装 3;Plug set=插电套装
Straw hat|草帽|5-8|summer|weekend|1.2|Natural=原色;White=白色
Water bottle|运动水壶|5-8|mild summer|flat|1.8|600 ml=600 毫升;1 litre=1 升
""",
    "Kitchen": """
Pour-over kettle|手冲壶|16-22|gift|weekend|1.05|Steel=不锈钢;Black=黑色
Coffee filters|咖啡滤纸|2-3|none|flat|3.4|100 pieces=100 张;400 pieces=400 张
Cast iron pan|铸铁锅|18-28|gift|weekend|1.1|20 cm=20 厘米;26 cm=26 厘米;30 cm=30 厘米
Chef's knife|主厨刀|14-24|gift|weekend|1.1|18 cm=18 厘米;21 cm=21 厘米
Knife sharpener|磨刀器|5-8|none|flat|1.2|Two-stage=两段式
Storage box|保鲜盒|3-6|none|flat|3.0|Small=小号;Medium=中号;Large=大号;Set of 5=五件套
Ceramic mug|陶瓷杯|3-5|gift|weekend|2.4|White=白色;Blue=蓝色;Cat=猫咪;Forest=森林
Rice cooker|电饭煲|38-58|none|flat|1.03|3 litres=3 升;5 litres=5 升
Silicone spatula|硅胶铲|2-4|none|flat|1.9|Red=红色;Grey=灰色
Hot pot grill|电火锅|32-46|winter|weekend|1.04|Round=圆形;Two-flavour=鸳鸯;Compact=迷你
""",
    "Home & bedding": """
Down quilt|羽绒被|42-66|winter|weekend|1.1|150x200=150x200;200x230=200x230;220x240=220x240
Cotton sheet set|纯棉四件套|22-34|mild|weekend|1.2|White=白色;Sage=灰绿;Navy=藏青
Bath towel|浴巾|6-9|none|flat|2.6|White=白色;Grey=灰色;Rose=玫瑰色
Memory pillow|记忆枕|14-20|none|weekend|1.8|Standard=标准;Low=低枕
Electric blanket|电热毯|18-26|winter|flat|1.1|Single=单人;Double=双人
Scented candle|香薰蜡烛|4-7|gift|weekend|2.0|Pine=松木;Vanilla=香草;Linen=亚麻
Laundry basket|洗衣篮|7-11|none|weekend|1.3|Round=圆形;Tall=高款
Curtain|窗帘|15-24|mild|weekend|2.0|Grey 140=灰色 140;Beige 140=米色 140;Blackout 200=遮光 200
Fairy lights|装饰灯串|3-5|gift|flat|2.2|Warm 10 m=暖光 10 米;Star 3 m=星星 3 米
Floor rug|地毯|26-44|mild|weekend|1.05|120x160=120x160;160x230=160x230
""",
    "Baby & kids": """
Baby wipes|婴儿湿巾|2-3|none|flat|5.5|80 sheets=80 抽;80 x 6=80 抽 x 6
Nappies|纸尿裤|9-13|none|flat|3.2|S 60=S 60 片;M 54=M 54 片;L 48=L 48 片;XL 42=XL 42 片
Feeding bottle|奶瓶|5-8|none|flat|1.8|150 ml=150 毫升;240 ml=240 毫升
Bottle brush|奶瓶刷|2-3|none|flat|1.4|Sponge=海绵
Wooden blocks|积木|9-14|gift|weekend|1.2|50 pieces=50 块;100 pieces=100 块
Plush bear|毛绒熊|6-10|gift|weekend|1.3|Brown=棕色;White=白色
School backpack|书包|12-18|school|weekend|1.1|Blue=蓝色;Pink=粉色;Space=太空
Colouring pencils|彩色铅笔|3-5|school|flat|2.2|24 colours=24 色;48 colours=48 色
Lunch box|儿童饭盒|6-9|school|flat|1.3|Dino=恐龙;Star=星星
Bath toys|洗澡玩具|4-6|none|weekend|1.4|Ducks=小鸭;Boats=小船
Sleeping bag|婴儿睡袋|14-20|winter|flat|1.2|6-12 months=6-12 月;12-24 months=12-24 月;24-36 months=24-36 月
""",
    "Tea & snacks": """
Green tea|绿茶|5-9|mild|flat|3.2|100 g=100 克;250 g=250 克;Gift tin=礼盒
Black tea|红茶|5-9|mild winter|flat|3.0|100 g=100 克;250 g=250 克
Jasmine tea bags|茉莉花茶包|3-4|none|flat|4.4|25 bags=25 包;100 bags=100 包
Oolong tea|乌龙茶|8-12|none|flat|2.6|125 g=125 克;Gift tin=礼盒
Almond cookies|杏仁饼干|2-4|none|weekend|5.2|200 g=200 克;Family pack=家庭装
Dried mango|芒果干|2-4|none|flat|5.6|100 g=100 克;500 g=500 克
Mixed nuts|混合坚果|4-7|gift|flat|4.6|250 g=250 克;30 day box=每日坚果 30 包
Seaweed crisps|海苔脆片|2-3|none|weekend|6.0|Original=原味;Spicy=辣味;Sesame=芝麻
Hot chocolate|热巧克力|4-6|winter|weekend|2.6|250 g=250 克;Sachets 10=10 条
Chocolate box|巧克力礼盒|6-11|gift|weekend|2.0|Dark=黑巧;Assorted=混合
Honey|蜂蜜|5-8|mild winter|flat|2.2|Acacia=洋槐;Linden=椴树;Wildflower=百花
""",
    "Phone & desk": """
Phone case|手机壳|2-4|none|flat|1.5|Clear=透明;Black=黑色;Blue=蓝色;Cat=猫咪
Screen protector|屏幕保护膜|2-3|none|flat|2.0|Glass=玻璃;Matte=磨砂
USB-C cable|USB-C 数据线|2-4|none|office|2.4|1 m=1 米;2 m=2 米
Charger 65 W|65 瓦充电器|11-15|none|office|1.3|White=白色;Black=黑色
Wireless mouse|无线鼠标|7-10|none|office|1.4|Grey=灰色;White=白色
Mouse mat|鼠标垫|2-4|none|office|1.3|Plain=素色;Large=大号
Desk lamp|台灯|14-20|school|office|1.1|White=白色;Clamp=夹式
Notebook|笔记本|2-3|school|office|4.4|A5 lined=A5 横线;A5 dotted=A5 点阵;A4 lined=A4 横线
Gel pens|中性笔|2-3|school|office|4.0|Black 10=黑色 10 支;Blue 10=蓝色 10 支
Earbuds|无线耳机|19-28|gift|flat|1.1|White=白色;Black=黑色
Power bank|充电宝|13-18|mild summer|flat|1.2|10000=10000;20000=20000
""",
    "Spare parts": """
Blender gasket|搅拌机密封圈|2-3|none|office|1.6|Model A=A 型;Model B=B 型;Model C=C 型
Kettle lid|水壶盖|3-5|none|office|1.1|Steel=不锈钢;Black=黑色
Rice cooker bowl|电饭煲内胆|9-14|none|office|1.1|3 litres=3 升;5 litres=5 升
Vacuum filter|吸尘器滤芯|4-7|none|office|2.4|V1=V1;V2=V2;V3=V3
Hinge set|铰链套装|3-5|none|office|6.0|Oak=橡木;White=白色
Desk lamp bulb|台灯灯泡|2-4|none|office|3.0|Warm=暖光;Cool=冷光
Zip puller|拉链头|2-2.4|none|office|4.0|Brass=黄铜;Black=黑色
Bottle teat|奶嘴|2-3|none|office|2.6|Slow=慢流;Medium=中流;Fast=快流
Curtain hooks|窗帘挂钩|2-3|none|office|5.0|White 50=白色 50;Steel 50=不锈钢 50
Earbud tips|耳塞套|2-3|none|office|2.0|S=S;M=M
Water filter|净水滤芯|6-9|none|office|2.0|Jug=滤水壶;Tap=龙头
""",
}

PAIRS: Final = (
    ("Pour-over kettle Steel", "Coffee filters 100 pieces"),
    ("Phone case Clear", "Screen protector Glass"),
    ("Baby wipes 80 sheets", "Nappies M 54"),
    ("Feeding bottle 240 ml", "Bottle brush Sponge"),
    ("Wireless mouse Grey", "Mouse mat Large"),
    ("Chef's knife 18 cm", "Knife sharpener Two-stage"),
    ("Notebook A5 lined", "Gel pens Black 10"),
    ("Dried mango 100 g", "Seaweed crisps Original"),
    ("Sunscreen SPF50 50 ml", "After-sun gel 100 ml"),
    ("Black tea 250 g", "Honey Acacia"),
)
"""Products that go into one basket together."""

# Supplier, Chinese, categories, lead time and its sd in days, review period in days, order minimum, cost per order
SUPPLIERS: Final = (
    ("Harbour Down & Textile", "海港羽绒纺织", ("Outerwear",), 35, 6.0, 14, 1500, 60),
    ("Northwind Garments", "北风服饰", ("Outerwear", "Home & bedding"), 28, 5.0, 14, 1000, 45),
    ("Sunny Coast Cosmetics", "阳光海岸日化", ("Summer & sun",), 18, 3.0, 7, 400, 25),
    ("Coral Leisure Goods", "珊瑚休闲用品", ("Summer & sun", "Phone & desk"), 60, 9.0, 14, 1200, 80),
    ("Iron Gate Kitchenware", "铁门厨具", ("Kitchen",), 25, 4.0, 7, 600, 35),
    ("Quiet Night Bedding", "静夜家纺", ("Home & bedding",), 21, 3.5, 14, 800, 40),
    ("Little Panda Family", "小熊猫母婴", ("Baby & kids",), 12, 2.0, 7, 500, 20),
    ("Misty Hill Tea & Foods", "雾山茶食", ("Tea & snacks",), 7, 1.5, 7, 300, 15),
    ("Bright Bay Electronics", "明湾电子", ("Phone & desk", "Kitchen"), 30, 8.0, 7, 700, 30),
    ("Small Works Parts", "小工配件", ("Spare parts",), 42, 10.0, 14, 150, 25),
)

BRANDS: Final = {
    "Outerwear": ("Polaris", "Fellwalk"),
    "Summer & sun": ("Solano", "Drift"),
    "Kitchen": ("Hearth", "Brook & Ladle"),
    "Home & bedding": ("Lull", "Fellwalk"),
    "Baby & kids": ("Pebble", "Sprout"),
    "Tea & snacks": ("Misty Hill", "Good Crunch"),
    "Phone & desk": ("Volt", "Plainline"),
    "Spare parts": ("Fitwell",),
}

STATUSES_ZH: Final = {"completed": "交易成功", "paid": "已付款", "cancelled": "交易关闭", "returned": "已退货"}
CHANNELS_ZH: Final = {"App": "手机端", "Web": "网页", "Marketplace": "平台店铺", "Wholesale": "批发"}
EXTRAS_ZH: Final = {"SHIPPING": "运费", "GIFTWRAP": "礼品包装", "DISCOUNT": "优惠券"}
EXTRAS_EN: Final = {"SHIPPING": "Shipping", "GIFTWRAP": "Gift wrapping", "DISCOUNT": "Voucher"}
