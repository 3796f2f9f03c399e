using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shell;

/// <summary>Tells screen readers, on whichever page they are, that a job ended which the signed-in person started. Draws nothing.</summary>
public sealed class OwnEnds : LiveComponent
{
    private const int MostNamed = 3;
    private const int LongestName = 80;
    private DateTimeOffset? _since;

    [Inject]
    private IOwnEnds Ends { get; set; } = null!;

    [Inject]
    private Announcer Announcer { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Ends];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_since is not { } since)
        {
            _since = Clock.GetUtcNow();
            return;
        }
        var ended = await Ends.SinceAsync(since, cancellationToken);
        if (ended.Count == 0)
            return;
        _since = ended.Max(job => job.At).AddTicks(1);
        await Announcer.PoliteAsync(
            ended.Count > MostNamed
                ? $"{Formats.Number(ended.Count)} of your jobs ended."
                : string.Join(' ', ended.Select(Words))
        );
    }

    private static string Words(OwnEnd job)
    {
        var name = job.Name.Length > LongestName ? $"{job.Name[..LongestName]}…" : job.Name;
        return $"Your job {OddCharacters.Shown(name)} ended: {StateLook.Of(job.Label).Label}.";
    }
}
