using System.Diagnostics;
using System.Threading.Channels;

namespace AgentControl.Chaos.Tests;

/// <summary>One engine as a child process that can be killed, stopped and continued.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process process;
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly List<string> errors = [];

    private HostProcess(Process process) => this.process = process;

    public string ConnectionString { get; private set; } = "";

    public bool HasExited => process.HasExited;

    public static async Task<HostProcess> StartAsync(Dictionary<string, string> settings)
    {
        var folder = AppContext.BaseDirectory;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "AgentControl.Chaos.Host.dll")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (key, value) in settings)
            start.Environment[key] = value;
        var host = new HostProcess(Process.Start(start)!);
        host.process.OutputDataReceived += (_, e) => host.Heard(e.Data);
        host.process.ErrorDataReceived += (_, e) => host.Failed(e.Data);
        host.process.BeginOutputReadLine();
        host.process.BeginErrorReadLine();
        host.ConnectionString = (await host.ReadAsync("ready "))["ready ".Length..];
        return host;
    }

    /// <summary>Gives an order and returns its answer; null where the process died of it.</summary>
    public async Task<string?> OrderAsync(string order, string answer)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(order);
            await process.StandardInput.FlushAsync();
            return await ReadAsync(answer);
        }
        catch (Exception died) when (died is IOException or ChannelClosedException)
        {
            return null;
        }
    }

    /// <summary>The job's id where the submission was acknowledged.</summary>
    public async Task<Guid?> SubmitAsync(string agent, string input)
    {
        var answer = await OrderAsync($"submit {agent} {input}", "accepted ");
        return answer is null ? null : Guid.Parse(answer["accepted ".Length..]);
    }

    /// <summary>As <c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => process.WaitForExitAsync(cancellationToken);

    public Task FreezeAsync() => SignalAsync("-STOP", process.Id);

    public Task ThawAsync() => SignalAsync("-CONT", process.Id);

    public static async Task SignalAsync(string signal, int processId)
    {
        using var kill = Process.Start("kill", [signal, processId.ToString(null, null)]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await OrderAsync("stop", "never said");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }
        process.Dispose();
    }

    private async Task<string> ReadAsync(string beginning)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            while (true)
            {
                var line = await lines.Reader.ReadAsync(patience.Token);
                if (line.StartsWith(beginning, StringComparison.Ordinal))
                    return line;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(
                $"The process never said '{beginning}'. {string.Join('\n', errors.TakeLast(20))}"
            );
        }
    }

    private void Heard(string? line)
    {
        if (line is null)
            lines.Writer.TryComplete();
        else
            lines.Writer.TryWrite(line);
        if (line is not null && line.Contains("fail:", StringComparison.Ordinal))
            Failed(line);
    }

    private void Failed(string? line)
    {
        if (line is not null)
        {
            lock (errors)
                errors.Add(line);
        }
    }
}
