using System.Globalization;
using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Core.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentControl.Chaos.Host;

/// <summary>Reads orders, one a line: <c>submit agent[/attempts] json</c>, <c>crash before|after number</c>, <c>count</c>, <c>answer approval json</c>, <c>stop</c>.</summary>
internal sealed class Orders(IServiceProvider services, CrashPoint crash)
{
    private static readonly Caller Person = new(
        CallerKind.Person,
        Guid.Parse("5f2b7c64-0d1e-4a6b-9c33-7f1c6f6a9e01"),
        "Chaos"
    )
    {
        Roles = Caller.Global(Role.Approver),
    };

    public async Task ObeyAsync(TextReader input)
    {
        while (await input.ReadLineAsync() is { } line && line != "stop")
        {
            var words = line.Split(' ', 3);
            var answer = words[0] switch
            {
                "submit" => await SubmitAsync(words[1], words[2]),
                "crash" => Arm(words[2], words[1] == "after"),
                "count" => $"counted {crash.Count}",
                "answer" => await AnswerAsync(Guid.Parse(words[1]), words[2]),
                _ => $"unknown {line}",
            };
            Console.WriteLine(answer);
        }
    }

    private string Arm(string number, bool after)
    {
        crash.Arm(int.Parse(number, CultureInfo.InvariantCulture), after);
        return "armed";
    }

    /// <summary>Answers a question with a value.</summary>
    private async Task<string> AnswerAsync(Guid approval, string value)
    {
        var outcome = await services
            .GetRequiredService<ApprovalCommands>()
            .DecideAsync(
                approval,
                ApprovalDecision.Respond,
                1,
                null,
                JournalJson.Deserialize<JsonElement>(System.Text.Encoding.UTF8.GetBytes(value)),
                Person,
                CancellationToken.None
            );
        return $"answered {outcome}";
    }

    private async Task<string> SubmitAsync(string agent, string input)
    {
        try
        {
            var words = agent.Split('/');
            var job = new JobSubmission
            {
                Agent = words[0],
                MaxAttempts = words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : null,
                Input = JournalJson.Deserialize<JsonElement>(System.Text.Encoding.UTF8.GetBytes(input)),
            };
            var outcome = await services
                .GetRequiredService<JobCommands>()
                .SubmitAsync(job, Person.Actor, null, CancellationToken.None);
            return outcome is SubmitOutcome.Accepted accepted ? $"accepted {accepted.Id}" : $"refused {outcome}";
        }
        catch (NpgsqlException)
        {
            return "refused the database is away";
        }
    }
}
