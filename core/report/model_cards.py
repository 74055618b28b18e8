"""What each forecasting method is, how it computes, and when it fails: the words of its card."""

from dataclasses import dataclass

from core.base.language import _


@dataclass(frozen=True, slots=True)
class ModelText:
    """The card of a method.

    Attributes:
        what: what it does, for a planner.
        formula: its heart in LaTeX; "" where a formula says less than words.
        fails: when not to trust it.
    """

    what: str
    formula: str
    fails: str


def card(key: str, family: str = "") -> ModelText:
    """The card of a method, else that of its group, else an honest blank."""
    return (
        _texts().get(key)
        or _families().get(family)
        or ModelText(_("No description is stored for this method."), "", "")
    )


def described() -> frozenset[str]:
    """Keys of the methods that have a card of their own."""
    return frozenset(_texts())


def _texts() -> dict[str, ModelText]:
    local = _naive() | _smoothing() | _arima() | _intermittent()
    return local | _regression() | _networks() | _combinations()


def _naive() -> dict[str, ModelText]:
    return {
        "naive": ModelText(
            _("The last demand seen goes on, spread over the weekdays as usual."),
            r"\hat y_{t+h} = y_t",
            _("One odd day becomes the forecast; it follows every accident."),
        ),
        "seasonal_naive": ModelText(
            _("The same weekday, week or month as last time. The yardstick every other method has to beat."),
            r"\hat y_{t+h} = y_{t+h-m\lceil h/m \rceil}",
            _("It repeats last season's accidents, promotions and stock-out recoveries, and knows no growth."),
        ),
        "last_year_growth": ModelText(
            _("The same days, weeks or months of last year, times how much more is sold now than a year ago."),
            r"\hat y_{t+h} = y_{t+h-1\,\text{year}} \cdot g",
            _("It needs a year of history and repeats last year's accidents; feasts that move are a few days off."),
        ),
        "moving_average": ModelText(
            _("The mean of the last few periods, times a weekday profile; each SKU has the window that served best."),
            r"\hat y_{t+h} = s_{t+h} \cdot \frac1w \sum_{i=0}^{w-1} \frac{y_{t-i}}{s_{t-i}}",
            _("It lags behind growth and decline, and knows neither yearly season nor promotions."),
        ),
        "category_profile": ModelText(
            _("For items with hardly any history: the shape of their category's demand at their own level."),
            r"\hat y_{t+h} = c \cdot p_{t+h}",
            _("An item unlike its category; name the item it will sell like instead."),
        ),
        "none": ModelText(
            _("No sale has been observed yet, so the forecast is 0 until the first one."),
            "",
            _("Always, for an item about to start selling. Name a similar item or enter a first order by hand."),
        ),
    }


def _smoothing() -> dict[str, ModelText]:
    trend = r"\hat y_{t+h} = l_t + (\phi + \dots + \phi^h)\, b_t + s_{t+h-m}"
    holt = r"\hat y_{t+h} = l_t + h\,b_t"
    theta = r"\hat y_{t+h} = l_t + \left(1 - \tfrac1\theta\right) \left(\text{line through the past}\right)"
    return {
        "ses": ModelText(
            _("A level that follows demand by a fixed share α of each error, times a weekday profile."),
            r"l_t = l_{t-1} + \alpha\,(y_t - l_{t-1}), \qquad \hat y_{t+h} = s_{t+h}\, l_t",
            _("It knows no trend and no yearly season: too late when demand climbs into a season."),
        ),
        "holt": ModelText(
            _("A level and a straight trend, both smoothed."),
            holt,
            _("A straight trend overshoots over long horizons, most of all after a short boom."),
        ),
        "damped_trend": ModelText(
            _("A level and a trend that loses a share of itself every period, with a season where it pays."),
            trend,
            _("It takes the start of a season for growth, though less than a straight trend does."),
        ),
        "holt_winters": ModelText(
            _("Level, straight trend and season, all smoothed; the season is added or multiplied."),
            r"\hat y_{t+h} = l_t + h\,b_t + s_{t+h-m}",
            _("Needs several seasons; slow sellers have too few sales to show one."),
        ),
        "ets": ModelText(
            _("Exponential smoothing; level, damped trend and season are taken in where the AICc says that they pay."),
            trend,
            _("It knows nothing of prices, promotions or events, and moves slowly after a sudden change."),
        ),
        "theta": ModelText(
            _("A smoothed level and half of the drift that the past showed, times the season's profile."),
            theta,
            _("It follows the drift of the whole past also where a product is near the end of its life."),
        ),
        "optimised_theta": ModelText(
            _("A smoothed level and as much of the past drift as served each SKU best, times the season's profile."),
            theta,
            _("It follows the drift of the whole past also where a product is near the end of its life."),
        ),
    }


def _arima() -> dict[str, ModelText]:
    return {
        "arima": ModelText(
            _("Demand explained by its own past values and errors after differencing; the order is chosen by AICc."),
            r"\phi(B)\,(1-B)^d\, y_t = c + \theta(B)\, e_t",
            _("Slow and lumpy sellers: it expects fractions of a unit and sees patterns in noise."),
        ),
        "arimax": ModelText(
            _("Price, promotion and events explain part of demand; what they leave follows an ARIMA model."),
            r"y_t = x_t^\top \beta + n_t, \qquad \phi(B)\,(1-B)^d\, n_t = \theta(B)\, e_t",
            _("Plans that are missing or wrong: the forecast is only as good as the future prices and promotions."),
        ),
    }


def _intermittent() -> dict[str, ModelText]:
    croston = r"\hat y = z_t / p_t"
    return {
        "croston": ModelText(
            _("For items that sell now and then: the size of a sale and the interval between sales, smoothed apart."),
            croston,
            _("Too high on average, and it never notices that an item has stopped selling."),
        ),
        "sba": ModelText(
            _("Croston's method with its bias taken off."),
            r"\hat y = \left(1 - \tfrac{\alpha}{2}\right) z_t / p_t",
            _("It never notices that an item has stopped selling."),
        ),
        "tsb": ModelText(
            _("The chance of a sale and its size, smoothed apart; an item that stops selling fades out."),
            r"\hat y = p_t\, z_t",
            _("After a long silence it needs several sales to believe in the item again."),
        ),
        "adida": ModelText(
            _("Sums over blocks as long as the usual wait between sales are smoothed, then spread over the periods."),
            r"\hat y = \tfrac1k\, \widehat{\textstyle\sum_{i=1}^{k} y_{t+i}}",
            _("It evens out seasons shorter than its blocks."),
        ),
        "imapa": ModelText(
            _("The mean of forecasts made on blocks of several lengths."),
            r"\hat y = \tfrac1K \sum_{k=1}^{K} \hat y^{(k)}",
            _("It evens out seasons and reacts slowly."),
        ),
    }


def _regression() -> dict[str, ModelText]:
    linear = r"\log(y_t + 1) = \log l_t + x_t^\top \beta"
    pooled = r"\hat y_{t+h} = f(\text{lags, calendar, drivers})"
    trees = _("Levels never seen before: trees cannot reach beyond what they were shown.")
    plans = _("Future prices and promotions that are not entered: it then expects none.")
    return {
        "linear_regression": ModelText(
            _("Calendar, price, promotion and events explain each SKU; its level is smoothed over time."), linear, plans
        ),
        "calendar_boosting": ModelText(
            _("Linear regression, corrected by many small trees that learned from its past errors over all SKUs."),
            r"\hat y = \hat y_{\text{regression}} + \tfrac23\, f(\text{its past errors})",
            plans,
        ),
        "ridge_lasso": ModelText(
            _("A linear model of lags, calendar and drivers over all SKUs; weak effects are shrunk or left out."),
            r"\min_\beta \sum (y - x^\top\beta)^2 + \lambda\, \left\lVert\beta\right\rVert",
            plans,
        ),
        "polynomial": ModelText(
            _("A regression on powers and products of the features; the degree is chosen on past dates."),
            r"\hat y = \sum_{|k| \le d} \beta_k\, x^k",
            _("Outside the range it was taught, powers run away."),
        ),
        "decision_tree": ModelText(
            _("One tree of yes-or-no questions over all SKUs; each leaf answers with a mean."), pooled, trees
        ),
        "random_forest": ModelText(_("The mean of many trees, each grown on other rows and features."), pooled, trees),
        "gradient_boosting": ModelText(
            _("Trees grown one after another, each on the errors of those before, over all SKUs."), pooled, trees
        ),
        "support_vector": ModelText(
            _("A smooth curve through the features that ignores small errors."),
            r"\hat y = \sum_i \alpha_i\, K(x_i, x) + b",
            _("Large shops: it learns from a sample of rows only."),
        ),
        "kmeans_regression": ModelText(
            _("SKUs that sell alike form groups; each group shares one regression on lags, calendar and drivers."),
            pooled,
            _("An item that fits no group is taught by strangers."),
        ),
    }


def _networks() -> dict[str, ModelText]:
    fails = _("Few SKUs or a short history: it needs many examples, and says little about why.")
    memory = r"h_t = f(h_{t-1}, x_t), \qquad \log\hat y_{t+h} = \log r_{t+h} + \tfrac12 g(h_t, x_{t+h})"
    return {
        "lstm": ModelText(
            _("One recurrent network with a long memory over all SKUs: it learns what a calendar regression r misses."),
            memory,
            fails,
        ),
        "gru": ModelText(_("A recurrent network over all SKUs with a simpler memory than an LSTM."), memory, fails),
        "rnn": ModelText(_("The simplest recurrent network over all SKUs."), memory, fails),
        "cnn": ModelText(
            _("Stacked causal convolutions over all SKUs: each layer looks twice as far back as the one before."),
            r"h^{(k)}_t = f\!\left(W_0 h^{(k-1)}_t + W_1 h^{(k-1)}_{t-2^k}\right)",
            fails,
        ),
        "vae": ModelText(
            _("A network that learns what whole weeks of demand look like and draws new ones."),
            r"z \sim \mathcal N(0, I), \qquad y_{t+1:t+h} \sim p_\theta(y \mid z, \text{past})",
            fails,
        ),
    }


def _combinations() -> dict[str, ModelText]:
    weights = r"\hat y = \sum_k w_k\, \hat y^{(k)}, \qquad \sum_k w_k = 1"
    fails = _("When its members err in the same direction, so does it.")
    return {
        "mean_of_best": ModelText(_("The mean of the three methods that did best at past dates."), weights, fails),
        "median_of_best": ModelText(
            _("The middle one of the five best forecasts: one wild member cannot move it."), "", fails
        ),
        "inverse_error": ModelText(
            _("The five best methods, each weighing the more the smaller its error was."), weights, fails
        ),
        "stacking": ModelText(
            _("The weights that would have served best at past dates, per demand class."), weights, fails
        ),
    }


def _families() -> dict[str, ModelText]:
    """Cards by group name, for methods without words of their own."""
    return {
        _("smoothing"): ModelText(_("A level, and where it pays a trend and a season, smoothed over time."), "", ""),
        _("intermittent"): ModelText(_("Made for items that sell now and then."), "", ""),
        _("regression"): ModelText(_("Explains demand by calendar, past demand and drivers."), "", ""),
        _("networks"): ModelText(_("A neural network that learns from all SKUs together."), "", ""),
        _("combination"): ModelText(_("Puts the forecasts of several methods together."), "", ""),
    }
