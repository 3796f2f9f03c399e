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
        var key = values[0] ?? "";
        if (values.Count > 1 || key.Length is 0 or > MaxLength || !key.All(c => c is >= ' ' and <= '~'))
            return (null, Problems.BadField(Header, $"Send one key of 1 to {MaxLength} printable ASCII characters."));
        return (new(caller.Actor.Id, $"{request.Method} {request.Path}", key, bodyHash), null);
    }

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
