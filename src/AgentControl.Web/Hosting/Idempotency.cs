using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Hosting;

/// <summary>The <c>Idempotency-Key</c> header.</summary>
internal static class Idempotency
{
    public const string Header = "Idempotency-Key";
    public const string Replayed = "Idempotent-Replayed";
    public const int MaxLength = 255;

    /// <summary>The request's key in its scope, or why it cannot be used. Both are null where no key was sent.</summary>
    public static (IdempotencyKey? Key, ProblemHttpResult? Problem) Read(
        HttpRequest request,
        Caller caller,
        byte[] bodyHash
    )
    {
        var values = request.Headers[Header];
        if (values.Count == 0)
            return (null, null);
        return values.Count > 1
            ? (null, Malformed())
            : Read(values[0] ?? "", $"{request.Method} {request.Path}", caller, bodyHash);
    }

    /// <summary>The same for a key that came in another way.</summary>
    /// <param name="route">What it counts in: the same key elsewhere is another key.</param>
    public static (IdempotencyKey? Key, ProblemHttpResult? Problem) Read(
        string key,
        string route,
        Caller caller,
        byte[] bodyHash
    ) =>
        key.Length is 0 or > MaxLength || !key.All(c => c is >= ' ' and <= '~')
            ? (null, Malformed())
            : (new(caller.Actor.Id, route, key, bodyHash), null);

    private static ProblemHttpResult Malformed() =>
        Problems.BadField(Header, $"Send one key of 1 to {MaxLength} printable ASCII characters.");

    public static ProblemHttpResult Reused() =>
        Problems.Of(
            StatusCodes.Status422UnprocessableEntity,
            "idempotency.reused",
            "Key used before",
            $"This {Header} came before with another body. Use a new key for a new request."
        );

    public static ProblemHttpResult InFlight() =>
        Problems.Conflict(
            "idempotency.inFlight",
            $"The first request with this {Header} is not done yet. Try again in a moment."
        );
}
