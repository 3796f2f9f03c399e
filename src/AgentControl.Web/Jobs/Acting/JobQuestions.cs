using AgentControl.Engine.Jobs;
using AgentControl.Engine.Steps;
using AgentControl.Web.Shared;
using MudBlazor;

namespace AgentControl.Web.Jobs.Acting;

/// <summary>An action that a person has confirmed, with what they chose.</summary>
internal sealed record JobOrder(string Action, RetryChoice? Retry = null);

/// <summary>Asks before what cannot simply be taken back.</summary>
internal sealed class JobQuestions(IDialogService dialogs, StepOutlineQueries steps)
{
    private const int MostSteps = 20_000;

    /// <summary>Null: the person thought better of it.</summary>
    public async Task<JobOrder?> AskAsync(JobTarget job, string action) =>
        action switch
        {
            JobActions.Cancel => await ConfirmAsync(
                new($"Cancel {job.Name}?", "Keep running", "Cancel job")
                {
                    Now = job.Label,
                    Becomes = "cancelled",
                    Text = "Running steps stop. What was recorded stays; the job can be retried from there.",
                },
                action
            ),
            JobActions.ForceStop => await ConfirmAsync(
                new($"Force {job.Name} to stop?", "Keep waiting", "Force stop")
                {
                    Now = job.Label,
                    Becomes = "cancelled",
                    Text = "The worker is not waited for. A step that is under way may still take effect outside.",
                },
                action
            ),
            JobActions.Retry => await AskRetryAsync(job),
            _ => new JobOrder(action),
        };

    private async Task<JobOrder?> ConfirmAsync(ConfirmRequest question, string action) =>
        await dialogs.ConfirmAsync(question) ? new JobOrder(action) : null;

    private async Task<JobOrder?> AskRetryAsync(JobTarget job)
    {
        var journal = await steps.SinceAsync(job.Id, 0, MostSteps);
        var parameters = new DialogParameters<RetryDialog> { { d => d.Job, job }, { d => d.Journal, journal } };
        var dialog = await dialogs.ShowAsync<RetryDialog>(
            job.Name,
            parameters,
            new DialogOptions { CloseOnEscapeKey = true, MaxWidth = MaxWidth.Small }
        );
        return await dialog.Result is { Canceled: false, Data: RetryChoice choice }
            ? new JobOrder(JobActions.Retry, choice)
            : null;
    }
}
