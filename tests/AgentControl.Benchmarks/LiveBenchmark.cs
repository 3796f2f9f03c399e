using System.Buffers;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;

namespace AgentControl.Benchmarks;

/// <summary>About 1,000 events a second to hub clients that watch everything: the program's CPU for the deliveries, and how old they arrive.</summary>
internal static partial class LiveBenchmark
{
    private const byte RecordSeparator = 0x1e;
    private const int Sampled = 20;

    /// <summary>So long that what is measured is the program at work and no longer its compilation.</summary>
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(8);

    public static async Task<IEnumerable<Figure>> RunAsync(ServingProgram program, int clients)
    {
        await SubmitAsync(program);
        using var end = new CancellationTokenSource();
        var readers = await Task.WhenAll(
            Enumerable.Range(0, clients).Select(i => Reader.ConnectAsync(program, i < Sampled, end.Token))
        );
        await Task.Delay(Warm);
        var before = readers.Sum(r => r.Frames);
        foreach (var reader in readers)
            reader.Ages.Clear();
        var watched = await CpuAsync(program);
        var deliveries = readers.Sum(r => r.Frames) - before;
        var ages = readers.SelectMany(r => r.Ages.ToArray()).Order().ToArray();
        await end.CancelAsync();
        foreach (var reader in readers)
            reader.Dispose();
        await Task.Delay(Pause);
        var alone = await CpuAsync(program);
        var perSecond = deliveries / Measured.TotalSeconds / clients;
        return
        [
            new("live: messages/s to each client", "1/s", perSecond, null, $"{clients} clients", "1000", "1000"),
            new(
                "live: CPU per 1,000 deliveries",
                "ms",
                watched.TotalMilliseconds / deliveries * 1000,
                null,
                "with running the jobs",
                "1.0",
                "0.8"
            ),
            new(
                "live: of it what watching adds",
                "ms",
                (watched - alone).TotalMilliseconds / deliveries * 1000,
                null,
                null,
                "",
                ""
            ),
            new("live: age at arrival p50", "ms", At(ages, 0.5), null, null, "", ""),
            new("live: age at arrival p99", "ms", At(ages, 0.99), null, null, "300", "160"),
        ];
    }

    private static double At(double[] sorted, double part) =>
        sorted.Length == 0 ? double.NaN : sorted[(int)((sorted.Length - 1) * part)];

    private static async Task<TimeSpan> CpuAsync(ServingProgram program)
    {
        var before = program.Cpu;
        await Task.Delay(Measured);
        return program.Cpu - before;
    }

    /// <summary>Twelve jobs whose steps sleep, so that the rate stays about the same all the time.</summary>
    private static async Task SubmitAsync(ServingProgram program)
    {
        for (var job = 0; job < 12; job++)
        {
            var input = new
            {
                steps = 4_000,
                payloadBytes = 64,
                stepMilliseconds = 15,
            };
            using var answer = await program.Client.PostAsJsonAsync(
                "jobs",
                new
                {
                    agent = "synthetic",
                    input,
                    name = "live",
                }
            );
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>A client without a library: what it costs is its own, and it counts bytes.</summary>
    private sealed partial class Reader : IDisposable
    {
        private readonly ClientWebSocket socket = new();
        private readonly bool samples;
        private long frames;

        private Reader(bool samples) => this.samples = samples;

        public long Frames => Interlocked.Read(ref frames);

        public System.Collections.Concurrent.ConcurrentBag<double> Ages { get; } = [];

        public static async Task<Reader> ConnectAsync(ServingProgram program, bool samples, CancellationToken stop)
        {
            var reader = new Reader(samples);
            reader.socket.Options.SetRequestHeader("Authorization", $"Bearer {ServingProgram.Key}");
            await reader.socket.ConnectAsync(
                new UriBuilder(program.Address) { Scheme = "ws", Path = "/hubs/live" }.Uri,
                stop
            );
            await reader.SendAsync("""{"protocol":"json","version":1}""", stop);
            await reader.SendAsync("""{"type":1,"target":"WatchAll","arguments":[]}""", stop);
            _ = reader.ReadAsync(stop);
            return reader;
        }

        public void Dispose() => socket.Dispose();

        private Task SendAsync(string frame, CancellationToken stop) =>
            socket.SendAsync(
                Encoding.UTF8.GetBytes(frame + (char)RecordSeparator),
                WebSocketMessageType.Text,
                true,
                stop
            );

        private async Task ReadAsync(CancellationToken stop)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
            try
            {
                while (!stop.IsCancellationRequested)
                {
                    var read = await socket.ReceiveAsync(buffer.AsMemory(), stop);
                    Interlocked.Add(ref frames, buffer.AsSpan(0, read.Count).Count(RecordSeparator));
                    if (samples)
                        Sample(Encoding.UTF8.GetString(buffer, 0, read.Count));
                }
            }
            catch (Exception problem)
                when (problem is OperationCanceledException or WebSocketException or ObjectDisposedException)
            {
                // The measurement is over.
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        private void Sample(string text)
        {
            var now = TimeProvider.System.GetUtcNow();
            foreach (Match match in Instant().Matches(text))
                Ages.Add(
                    (
                        now - DateTimeOffset.Parse(match.Groups["at"].Value, CultureInfo.InvariantCulture)
                    ).TotalMilliseconds
                );
        }

        [GeneratedRegex("\"at\":\"(?<at>[^\"]+)\"", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
        private static partial Regex Instant();
    }
}
