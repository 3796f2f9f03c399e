using System.Globalization;
using AgentControl.Core.Agents;

namespace AgentControl.Chaos.Host;

/// <summary>The world outside: one line for each effect, which survives the process.</summary>
internal sealed class EffectLog(string path)
{
    private readonly Lock gate = new();

    public Task<T> DoAsync<T>(IJobContext job, StepCall call, T result)
    {
        var micros = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        lock (gate)
            File.AppendAllText(
                path,
                string.Create(CultureInfo.InvariantCulture, $"{job.Job.Id}|{call.Key}|{micros}\n")
            );
        return Task.FromResult(result);
    }
}
