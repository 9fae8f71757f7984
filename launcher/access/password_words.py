"""1,024 short English words that are easy to read aloud and to type: each is worth ten bits of a password. PURE."""

_TEXT = """
able acorn actor adult agent alarm album alley almond amber anchor angle ankle answer apple apron arch arena argue
armor army arrow artist ash aside atlas attic autumn avenue awake award axis baby back bacon badge bagel bakery bamboo
banana band bank banner barn barrel basil basin basket bath battle beach bead beam bean beard beaver bed beef beetle
bell belt bench berry bike bird bishop blade blaze bloom blue board boat body boil bolt bone bonnet book boot border
bottle bottom bowl box branch brass brave bread breeze brick bridge bright broom broth brown brush bubble bucket
buckle budget bugle bunch bundle burger bush butter button cabin cable cactus cage cake calm camel camera camp canal
candle candy cane canoe canvas canyon cape card cargo carpet carrot cart carve castle catch cattle cave cedar celery
cellar cello cement center cereal chain chair chalk chapel charm chart cheek cheese cherry chess chest chief chin chip
choir cider cinema circle circus citrus city clam clap class clay clean clerk clever cliff climb clock cloth cloud
clover club coach coal coast coat cobra cocoa coffee coin collar comb comet comic common copper copy coral cork corner
cosmic cotton couch county course court cousin cover cowboy crab craft crane crater crayon cream creek crew crisp crop
cross crowd crown crumb crust cube cup curry curve cycle daily dairy daisy dance date dawn day deck deep deer delta
denim desert desk detail diary dice diet dinner dish diver dock doctor dog doll domino donkey donut door dove dozen
draft dragon drama draw dream dress drift drill drink drive drop drum dry duck dune dust duty eagle early earth easel
east easy echo edge eel effort egg elbow elder elf elk elm ember empire empty engine enjoy entry envy equal escape
essay event exit expert extra eye fable fabric face factor fairy falcon family fan farmer fast father fawn feast fence
fern ferry fever fiber fiddle field fig film final finch finger fire firm fish flag flame flap flash flask flat flavor
fleet flint float flock flood floor flour flower fluid flute foam focus fog fold folk food foot forest fork form fort
fossil fox frame fresh friend fringe frog front frost fruit fudge funny fur future galaxy gallop game garage garden
garlic gate gather gem genie gentle giant gift ginger glad glass globe glove glow glue goal goat gold golf goose
gopher gown grace grain grand grape graph grass gravel gravy great green grid grill grin grip group grove guard guest
guide guitar gulf habit hair half hall hammer handle happy harbor hare harp hatch hawk hay hazel head heart heat hedge
helmet help hen herb herd heron hill hinge hippo hobby hockey hollow holly home honest honey hood hoof hook hoop hope
horn horse hotel house human humble humor hurry hut ice icicle icon idea igloo inch index indigo ink inlet insect iris
iron island item ivory ivy jacket jade jaguar jam jar jeans jelly jet jewel jigsaw job jockey join joke jolly joy
judge juice jumbo jump jungle junior jury kayak keen keep kennel kernel kettle key kind king kiosk kite kitten kiwi
knee knight knit knob knot koala label lace ladder lady lagoon lake lamb lamp land laptop large laser lasso latch
laugh lava lawn lawyer layer leaf learn ledge leek lemon lens letter level lever lid light lilac lily lime linen lion
lip list lizard llama loaf lobby local locket lodge logic lotus loud lounge love loyal lucky lumber lunar lunch lung
lute magic magnet maid mail major mango manor mantle maple marble march margin market marsh mask mason mast match maze
meadow meal medal melody melon mentor menu merit merry metal meteor meter mild mile milk mill mimic mind minnow mint
minute mirror mist mitten mix moat model mole moment money monkey month moon moose mosaic moss moth motor mouse mouth
movie muffin mug mule muscle music myth nail name navy neat neck nest new night noble north nose note novel nurse
nylon oak oar oasis oat oboe ocean oil olive onion opal open opera orbit order organ otter oval oven owl owner pace
pack page paint pair palm panda panel paper park party pasta paste patch path patio pause paw peach peak pearl pecan
pedal petal phone photo piano piece pilot pine pink pipe pixel pizza place plaid plain plank plant plate play plaza
plum plus poem poet point polar polo pond pony pool poppy porch post pouch power press price pride print prism prize
proof proud prune pulse puma punch pupil puppy purse quail queen quest quick quiet quill quilt quiz race radar radio
raft rail rain rake ranch range rapid raven razor ready rebel red reef relax relay rent reply rest rice rich ride
ridge right ring rise river road robin robot rodeo roll roof room root rope rose round route rover royal ruby rug
ruler rumor rural rye sail salad salon salt satin sauce sauna scale scarf scene scent scoop score scout seal seat seed
seven shade shark sharp sheep shelf shell shine ship shirt shoe shop shore short silk siren six skill skirt sky slate
sled sleep slice slide slope slow smart smile smoke snack snail snake snow soap sofa soft soil solar solid sonic soup
south space spark spice spoon sport spot spray squid staff stage stair stamp start steam steel stem step stew stick
stone stool store storm story stove straw sugar suit super surf swan sweet swift swim swing sword syrup taco tango
tank tape tart taste taxi team tent thank thorn thumb tide tiger tile time tiny tipi title toast today toe token tool
topaz torch total totem tower town toy track trade trail train tray treat tree trial tribe trick trio trip trout truck
trunk trust tuba tulip tuna twig twin twist type uncle union unit upper urban usual value vase vault venue verse vest
video view viola visit vivid voice vote wagon waist walk wall waltz water wave wax wedge week well west whale wheat
wheel white wide wine wing wish wolf wood wool word work world worm wrap wren wrist yacht yard yarn year yeast yoga
young zebra zero zinc zone
"""
WORDS = tuple(_TEXT.split())
