using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;

namespace AgentControl.Web.Jobs.Compare;

/// <summary>Which runs are compared and which of their steps are shown, as the URL says it.</summary>
/// <param name="OnlyDifferences">Steps that are alike are left out.</param>
/// <param name="Page">From 1.</param>
public sealed record CompareAddress(string? A, string? B, bool OnlyDifferences = false, int Page = 1)
{
    /// <summary>Where the first difference stands.</summary>
    public const string FirstDifference = "first-difference";

    public static CompareAddress Of(string? a, string? b, string? show, string? page) =>
        new(
            Word(a),
            Word(b),
            show == "differences",
            int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
                ? number
                : 1
        );

    public string Href
    {
        get
        {
            var query = new QueryBuilder();
            if (A is not null)
                query.Add("a", A);
            if (B is not null)
                query.Add("b", B);
            if (OnlyDifferences)
                query.Add("show", "differences");
            if (Page > 1)
                query.Add("page", Page.ToString(CultureInfo.InvariantCulture));
            return "/jobs/compare" + query.ToQueryString();
        }
    }

    private static string? Word(string? id) => string.IsNullOrWhiteSpace(id) ? null : id.Trim();
}
