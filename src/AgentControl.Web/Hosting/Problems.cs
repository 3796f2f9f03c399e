using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Hosting;

/// <summary>Answers to requests that cannot be met: problem details with a stable <c>code</c>.</summary>
internal static class Problems
{
    public const string Invalid = "invalid";
    public const string NotFoundCode = "notFound";
    public const string TooLargeCode = "tooLarge";

    /// <summary>400: what does not fit, by field, each with its remedy.</summary>
    public static ProblemHttpResult BadFields(IReadOnlyDictionary<string, string[]> errors) =>
        Of(
            StatusCodes.Status400BadRequest,
            Invalid,
            "Not valid",
            errors.Count == 1
                ? $"{errors.First().Key}: {errors.First().Value[0]}"
                : $"{errors.Count} fields are not valid.",
            ("errors", errors)
        );

    public static ProblemHttpResult BadField(string field, string remedy) =>
        BadFields(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [remedy] });

    /// <param name="what">The thing with its id, such as <c>job j_4711</c>.</param>
    public static ProblemHttpResult NotFound(string what) =>
        Of(StatusCodes.Status404NotFound, NotFoundCode, "Not found", $"There is no {what}.");

    public static ProblemHttpResult Conflict(string code, string detail, params (string Name, object? Value)[] more) =>
        Of(StatusCodes.Status409Conflict, code, "Not possible now", detail, more);

    public static ProblemHttpResult TooLarge(string field, string detail) =>
        Of(StatusCodes.Status413PayloadTooLarge, TooLargeCode, "Too large", detail, ("field", field));

    public static ProblemHttpResult Of(
        int status,
        string code,
        string title,
        string detail,
        params (string Name, object? Value)[] more
    ) =>
        TypedResults.Problem(
            detail,
            statusCode: status,
            title: title,
            extensions: [new("code", code), .. more.Select(m => KeyValuePair.Create(m.Name, m.Value))]
        );
}
