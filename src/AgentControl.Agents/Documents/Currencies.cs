namespace AgentControl.Agents.Documents;

/// <summary>How currencies are written, and the ISO 4217 codes they mean.</summary>
internal static class Currencies
{
    /// <summary>Codes that may stand before or after a number.</summary>
    public const string Codes =
        "USD|EUR|GBP|CHF|JPY|CNY|INR|AUD|CAD|NZD|SGD|HKD|NOK|SEK|DKK|ISK|PLN|CZK|HUF|RON|BGN|TRY|ZAR|KES|NGN|GHS|UGX|TZS|EGP|MAD|AED|SAR|QAR|KWD|ILS|BRL|MXN|ARS|CLP|COP|PEN|KRW|TWD|THB|MYR|IDR|PHP|VND|PKR|BDT|LKR|UAH|RUB";

    /// <summary>Signs that may stand before a number; longer ones first.</summary>
    public const string Signs = @"(?:US|AU|CA|NZ|HK|NT|A|C|S|R)?\$|£|€|¥|₹|₩|₪|₺|Rs\.?|Fr\.";

    /// <summary>Words that may stand after a number.</summary>
    public const string Words =
        "(?:U\\.?S\\.?\\s|US\\s|Australian\\s|Canadian\\s|Singapore\\s)?dollars?|euros?|pounds?(?:\\s+sterling)?|Swiss\\s+francs?|yen|rupees?|kroner|kronor";

    public static string Code(string written)
    {
        var word = string.Join(' ', written.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .ToUpperInvariant();
        return word switch
        {
            "$" or "US$" => "USD",
            "A$" or "AU$" => "AUD",
            "C$" or "CA$" => "CAD",
            "S$" => "SGD",
            "NZ$" => "NZD",
            "HK$" => "HKD",
            "NT$" => "TWD",
            "R$" => "BRL",
            "£" => "GBP",
            "€" => "EUR",
            "¥" or "YEN" => "JPY",
            "₹" or "RS" or "RS." or "RUPEE" or "RUPEES" => "INR",
            "₩" => "KRW",
            "₪" => "ILS",
            "₺" => "TRY",
            "FR." => "CHF",
            "KRONER" => "NOK",
            "KRONOR" => "SEK",
            _ when word.StartsWith("AUSTRALIAN", StringComparison.Ordinal) => "AUD",
            _ when word.StartsWith("CANADIAN", StringComparison.Ordinal) => "CAD",
            _ when word.StartsWith("SINGAPORE", StringComparison.Ordinal) => "SGD",
            _ when word.Contains("DOLLAR", StringComparison.Ordinal) => "USD",
            _ when word.StartsWith("EURO", StringComparison.Ordinal) => "EUR",
            _ when word.StartsWith("POUND", StringComparison.Ordinal) => "GBP",
            _ when word.StartsWith("SWISS", StringComparison.Ordinal) => "CHF",
            _ => word,
        };
    }
}
