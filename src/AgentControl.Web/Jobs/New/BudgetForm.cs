using System.Globalization;
using System.Text.Json;
using AgentControl.Core.Budgets;

namespace AgentControl.Web.Jobs.New;

/// <summary>A budget as people fill it in: by measure, as it was typed; empty has no limit.</summary>
internal static class BudgetForm
{
    public static Dictionary<string, string> Of(JsonElement? json)
    {
        var budget = json is { } written ? Budget.Read(written, "budget", (_, _) => { }) : new Budget();
        return Budget
            .Measures.Where(m => budget.Of(m) is not null)
            .ToDictionary(m => m, m => budget.Of(m)!.Value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The budget to send; null where nothing is limited. What is no limit is told by its measure.</summary>
    public static JsonElement? Read(IReadOnlyDictionary<string, string> typed, Action<string, string> wrong)
    {
        var budget = new Budget();
        foreach (var (measure, text) in typed.Where(b => !string.IsNullOrWhiteSpace(b.Value)))
        {
            var isNumber = decimal.TryParse(
                text.Trim(),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var limit
            );
            if ((isNumber ? Budget.Problem(measure, limit) : "Use a number above 0, or clear it.") is { } why)
                wrong(measure, why);
            else
                budget = budget.With(measure, limit);
        }
        return budget.ToJson() is { } json ? JsonElement.Parse(json) : null;
    }

    public static string LabelOf(string measure) =>
        measure switch
        {
            "costUsd" => "US dollars",
            "tokens" => "Tokens",
            "modelCalls" => "Model calls",
            _ => "Seconds of work",
        };
}
