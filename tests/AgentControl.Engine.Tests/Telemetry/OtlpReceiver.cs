using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Tests.Telemetry;

/// <summary>A span as it came over the wire.</summary>
internal sealed record ReceivedSpan(
    string TraceId,
    string SpanId,
    string? ParentId,
    string Name,
    long Kind,
    DateTimeOffset Start,
    DateTimeOffset End,
    long Status,
    string? StatusMessage,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<string> Moments
);

/// <summary>A real OTLP/HTTP receiver: it reads protobuf by the numbers of its wire format, and may play out of order.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly SemaphoreSlim arrived = new(0);

    private OtlpReceiver(WebApplication app) => this.app = app;

    public ConcurrentQueue<ReceivedSpan> Spans { get; } = [];

    public ConcurrentQueue<(string Path, string? Type, string? Token)> Requests { get; } = [];

    /// <summary>Answered instead of 200, once for each.</summary>
    public ConcurrentQueue<int> Refusals { get; } = [];

    public string Address => app.Urls.Single();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver.app.MapPost("/v1/{signal}", receiver.TakeAsync);
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Waits until what came satisfies the test.</summary>
    public async Task UntilAsync(Func<IReadOnlyCollection<ReceivedSpan>, bool> enough)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!enough(Spans))
            await arrived.WaitAsync(limit.Token);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Requests.Enqueue((context.Request.Path, context.Request.ContentType, context.Request.Headers["x-token"]));
        if (Refusals.TryDequeue(out var status))
        {
            context.Response.StatusCode = status;
        }
        else if (context.Request.Path == "/v1/traces")
        {
            foreach (var resource in Fields(body.ToArray()).Where(f => f.Number == 1))
            foreach (var scope in Fields(resource.Bytes).Where(f => f.Number == 2))
            foreach (var span in Fields(scope.Bytes).Where(f => f.Number == 2))
                Spans.Enqueue(Read(span.Bytes));
        }
        arrived.Release();
    }

    private static ReceivedSpan Read(byte[] bytes)
    {
        var fields = Fields(bytes).ToList();
        byte[]? Bytes(int number) => fields.FirstOrDefault(f => f.Number == number)?.Bytes;
        DateTimeOffset Time(int number) =>
            DateTimeOffset.UnixEpoch.AddTicks((long)(fields.Single(f => f.Number == number).Value / 100));
        var status = Bytes(15) is { } s ? Fields(s).ToList() : [];
        return new(
            Convert.ToHexStringLower(Bytes(1)!),
            Convert.ToHexStringLower(Bytes(2)!),
            Bytes(4) is { } parent ? Convert.ToHexStringLower(parent) : null,
            Encoding.UTF8.GetString(Bytes(5)!),
            (long)fields.Single(f => f.Number == 6).Value,
            Time(7),
            Time(8),
            (long)(status.FirstOrDefault(f => f.Number == 3)?.Value ?? 0),
            status.FirstOrDefault(f => f.Number == 2) is { } message ? Encoding.UTF8.GetString(message.Bytes) : null,
            fields
                .Where(f => f.Number == 9)
                .Select(f => Fields(f.Bytes).ToList())
                .ToDictionary(pair => Encoding.UTF8.GetString(pair[0].Bytes), pair => Any(pair[1].Bytes)),
            [
                .. fields
                    .Where(f => f.Number == 11)
                    .Select(f => Encoding.UTF8.GetString(Fields(f.Bytes).Single(m => m.Number == 2).Bytes)),
            ]
        );
    }

    private static string Any(byte[] value)
    {
        var field = Fields(value).Single();
        return field.Number == 1
            ? Encoding.UTF8.GetString(field.Bytes)
            : field.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static IEnumerable<Field> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length; )
        {
            var tag = Varint(message, ref at);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    yield return new(number, Varint(message, ref at), []);
                    break;
                case 1:
                    yield return new(number, BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at)), []);
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    yield return new(number, 0, message[at..(at + length)]);
                    at += length;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7} at {at}.");
            }
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
    }

    private sealed record Field(int Number, ulong Value, byte[] Bytes);
}
