#pragma once

#include "daedalus/features/book_shape_stats_family.hpp"
#include "daedalus/features/depth_family.hpp"
#include "daedalus/features/derivatives_family.hpp"
#include "daedalus/features/family_set.hpp"
#include "daedalus/features/imbalance_family.hpp"
#include "daedalus/features/jump_family.hpp"
#include "daedalus/features/level_churn_family.hpp"
#include "daedalus/features/levels_family.hpp"
#include "daedalus/features/liquidity_family.hpp"
#include "daedalus/features/mid_family.hpp"
#include "daedalus/features/mid_motion_family.hpp"
#include "daedalus/features/order_flow_family.hpp"
#include "daedalus/features/price_impact_family.hpp"
#include "daedalus/features/roll_family.hpp"
#include "daedalus/features/rolling_flow_family.hpp"
#include "daedalus/features/rolling_returns_family.hpp"
#include "daedalus/features/rolling_spread_family.hpp"
#include "daedalus/features/second_returns_family.hpp"
#include "daedalus/features/shape_family.hpp"
#include "daedalus/features/spread_regime_family.hpp"
#include "daedalus/features/trade_flow_family.hpp"
#include "daedalus/features/trade_intensity_family.hpp"
#include "daedalus/features/trade_size_family.hpp"
#include "daedalus/features/vpin_family.hpp"

namespace daedalus {

/// Every family of silver/orderbook, in the order of its columns. A new one is its file and a line
/// here.
using OrderbookFamilies = FamilySet<LevelsFamily,          //
                                    MidFamily,             //
                                    ImbalanceFamily,       //
                                    DepthFamily,           //
                                    ShapeFamily,           //
                                    LiquidityFamily,       //
                                    RowReturnFamily,       //
                                    OrderFlowFamily,       //
                                    MidMotionFamily,       //
                                    RollingReturnsFamily,  //
                                    RollingFlowFamily,     //
                                    RollingSpreadFamily,   //
                                    TradeFlowFamily,       //
                                    JumpFamily,            //
                                    LevelChurnFamily,      //
                                    PriceImpactFamily,     //
                                    SpreadRegimeFamily,    //
                                    BookShapeStatsFamily,  //
                                    VpinFamily,            //
                                    SecondReturnsFamily,   //
                                    TradeIntensityFamily,  //
                                    TradeSizeFamily,       //
                                    RollFamily,            //
                                    DerivativesFamily>;

}  // namespace daedalus
