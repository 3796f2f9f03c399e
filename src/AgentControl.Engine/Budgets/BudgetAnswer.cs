using System.Globalization;
using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Core.Budgets;

namespace AgentControl.Engine.Budgets;

/// <summary>The key of a question about a spent budget: whose it is, which one, about what, and before which step.</summary>
/// <param name="Number">Counts the questions of one generation from 1.</param>
/// <param name="Measures">What was spent.</param>
internal sealed record BudgetKey(string Job, int Generation, int Number, IReadOnlyList<string> Measures, string Step)
{
    public const string Mark = "~budget@";

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Mark}{Job}.{Generation}.{Number}.{string.Join('+', Measures)}~{Step}"
        );

    public static BudgetKey? Parse(string key)
    {
        if (!key.StartsWith(Mark, StringComparison.Ordinal))
            return null;
        var end = key.IndexOf('~', Mark.Length);
        var parts = end < 0 ? [] : key[Mark.Length..end].Split('.');
        return
            parts.Length == 4
            && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var generation)
            && int.TryParse(parts[2], CultureInfo.InvariantCulture, out var number)
            ? new(parts[0], generation, number, parts[3].Split('+'), key[(end + 1)..])
            : null;
    }
}

/// <summary>What a person decided about a spent budget.</summary>
internal static class BudgetAnswer
{
    public const string More = "more";
    public const string Finish = "finish";
    public const string Stop = "stop";

    /// <summary>more, finish or stop.</summary>
    public static string Choice(ApprovalOutcome outcome) =>
        outcome.Decision == ApprovalDecision.Respond ? More
        : outcome.Decision == ApprovalDecision.Choose ? outcome.Value?.GetString() ?? Stop
        : Stop;

    /// <summary>By how much the limits grow: the amounts that were given, or the first limits once more.</summary>
    public static Budget Extra(BudgetKey key, ApprovalOutcome outcome, Budget first)
    {
        if (outcome is { Decision: ApprovalDecision.Respond, Value: { } value } && Problem(key, value) is null)
            return Given(key, value, (_, _) => { });
        return key.Measures.Aggregate(new Budget(), (sum, m) => sum.With(m, first.Of(m)));
    }

    /// <summary>Why a value is no amount to add; null where it is one.</summary>
    public static string? Problem(BudgetKey key, JsonElement value)
    {
        string? problem = null;
        var given = Given(
            key,
            value,
            (field, why) => problem ??= field == "value" ? why : $"{field["value.".Length..]}: {why}"
        );
        return problem ?? (given.IsEmpty ? $"Say how much more: a number, or {{\"{key.Measures[0]}\": …}}." : null);
    }

    /// <summary>Says what may be answered, with an example: an amount where one limit is spent, an object where several are.</summary>
    public static string HowTo(BudgetKey key, Budget first)
    {
        var example =
            key.Measures.Count == 1
                ? Amount(key.Measures[0])
                : "{" + string.Join(", ", key.Measures.Select(m => $"\"{m}\": {Amount(m)}")) + "}";
        return $"Or answer with how much more it may use ({BudgetMeter.Units(key.Measures)}), for example `{example}`.";

        string Amount(string measure) =>
            first.Of(measure)!.Value.ToString("0.############", CultureInfo.InvariantCulture);
    }

    private static Budget Given(BudgetKey key, JsonElement value, Action<string, string> wrong)
    {
        // People write it into a field of text.
        if (value.ValueKind == JsonValueKind.String && Object(value.GetString()!) is { } written)
            value = written;
        if (value.ValueKind == JsonValueKind.Object)
            return Budget.Read(value, "value", wrong);
        var isNumber = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDecimal(out _),
            JsonValueKind.String => Number(value.GetString()!) is not null,
            _ => false,
        };
        if (!isNumber || key.Measures.Count != 1)
        {
            wrong("value", $"Give a number, or an object with {string.Join(", ", key.Measures)}.");
            return new Budget();
        }
        var amount = value.ValueKind == JsonValueKind.Number ? value.GetDecimal() : Number(value.GetString()!)!.Value;
        if (Budget.Problem(key.Measures[0], amount) is { } why)
        {
            wrong("value", why);
            return new Budget();
        }
        return new Budget().With(key.Measures[0], amount);
    }

    private static JsonElement? Object(string text)
    {
        try
        {
            return text.TrimStart().StartsWith('{') ? JsonElement.Parse(text) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var value) ? value : null;
}
