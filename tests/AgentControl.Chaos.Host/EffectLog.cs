using System.Globalization;
using AgentControl.Core.Agents;

namespace AgentControl.Chaos.Host;

/// <summary>The world outside: one line for each effect, which survives the process.</summary>
internal sealed class EffectLog(string path)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, int> byJob = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> DoAsync<T>(IJobContext job, StepCall call, T result)
    {
        var micros = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        lock (gate)
        {
            File.AppendAllText(
                path,
                string.Create(CultureInfo.InvariantCulture, $"{job.Job.Id}|{call.Key}|{micros}\n")
            );
            byJob[job.Job.Id] = byJob.GetValueOrDefault(job.Job.Id) + 1;
            changed.SetResult();
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        return Task.FromResult(result);
    }

    /// <summary>Waits until another job had so many effects in this process.</summary>
    public async Task OthersAsync(IJobContext job, int effects)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (effects == 0 || byJob.Any(j => j.Key != job.Job.Id && j.Value >= effects))
                    return;
                next = changed.Task;
            }
            await next;
        }
    }
}
