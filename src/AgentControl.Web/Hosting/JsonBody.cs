using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace AgentControl.Web.Hosting;

/// <summary>A request's JSON body, read within its limit and checked field by field.</summary>
/// <typeparam name="T">A record of nullable properties; <see cref="JsonElement"/> takes any value.</typeparam>
internal sealed record JsonBody<T>(T Value, ReadOnlyMemory<byte> Utf8)
{
    /// <summary>For <c>Idempotency-Key</c>: the same body has the same hash.</summary>
    public byte[] Sha256 => SHA256.HashData(Utf8.Span);

    public static async ValueTask<JsonBody<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        ArgumentNullException.ThrowIfNull(context);
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>() ?? BodyLimit.Default;
        var utf8 = await BodyReader.ReadAsync(context, limit);
        if (
            utf8.Length == 0
            && Nullable.GetUnderlyingType(typeof(T)) is null
            && context.GetEndpoint()?.Metadata.GetMetadata<BodyOptional>() is not null
        )
            return new(JsonSerializer.Deserialize<T>("{}"u8, ApiJson.Strict)!, utf8);
        JsonDoor.Check(utf8.Span, typeof(T));
        try
        {
            var value = JsonSerializer.Deserialize<T>(utf8.Span, ApiJson.Strict);
            return value is null
                ? throw new ProblemException(Problems.BadField("body", "Send a JSON object, not null."))
                : new(value, utf8);
        }
        catch (JsonException problem)
        {
            throw new ProblemException(JsonMistakes.Explain(problem, typeof(T)));
        }
    }
}

/// <summary>How many bytes a route's body may have, and what is too large then.</summary>
internal sealed record BodyLimit(int Bytes, string Field)
{
    /// <summary>An input of 1 MiB and its envelope.</summary>
    public static readonly BodyLimit Default = new(1_114_112, "input");
}

/// <summary>The route may be called without a body.</summary>
internal sealed record BodyOptional;

/// <summary>Reads a body into memory, at most as many bytes as its route takes.</summary>
internal static class BodyReader
{
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, BodyLimit limit)
    {
        var request = context.Request;
        if (request.ContentLength > limit.Bytes)
            throw TooLarge(limit);
        if (request.ContentLength is not (null or 0) && !request.HasJsonContentType())
        {
            throw new ProblemException(
                Problems.Of(
                    StatusCodes.Status415UnsupportedMediaType,
                    "mediaType",
                    "Not supported",
                    "Send Content-Type: application/json."
                )
            );
        }
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
            server.MaxRequestBodySize = limit.Bytes + 1L;
        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, context.RequestAborted)) > 0)
        {
            if (buffer.Length + read > limit.Bytes)
                throw TooLarge(limit);
            await buffer.WriteAsync(chunk.AsMemory(0, read), context.RequestAborted);
        }
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    private static ProblemException TooLarge(BodyLimit limit) =>
        new(
            Problems.TooLarge(
                limit.Field,
                $"The body may have at most {limit.Bytes:N0} bytes. Put larger values into files of the workspace and pass their paths."
            )
        );
}
