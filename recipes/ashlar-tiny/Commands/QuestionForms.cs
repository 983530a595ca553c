namespace Ashlar.Tiny.Commands;

/// <summary>
/// The wordings of each kind of question. Those in <see cref="HeldOut"/> are never trained on: they show whether a model learned
/// the
/// facts, or the sentences. Wordings are phrases of <see cref="Drawing.Phrase"/>; no question of one list is one of the other.
/// </summary>
internal sealed record QuestionForms(string Kind, string[] Trained, string[] HeldOut)
{
    private static readonly QuestionForms[] All =
    [
        new(
            "purpose",
            [
                "What does {cmd} do?", "What is {cmd} [for|good for|used for]?", "Explain {cmd}[| to me| in one sentence].",
                "What happens when I [run|use|call] {cmd}?", "Tell me [what {cmd} does|about {cmd}].",
                "Describe {cmd}[| for me].",
                "What is the [purpose|job|meaning] of {cmd}?", "When [do|would|should] I use {cmd}?",
                "{cmd}: what [is it|does it do]?",
                "I [saw|found] {cmd}. What [is it|does it do|is that for]?", "Why would I [run|use] {cmd}?",
            ],
            ["What can I do with {cmd}?", "Could you explain what {cmd} does?", "What will {cmd} do for me?"]),
        new(
            "command",
            [
                "Which [|Ashlar ]command [lets me|is there to|can] {task}?", "How [do|can] I {task}[| with Ashlar]?",
                "What [command|do I type|do I run] to {task}?", "I want to {task}. [What do I type?|Which command is it?|How?]",
                "How would I {task}[| here]?", "Give me the command to {task}.", "Show me how to {task}.",
                "What should I [run|type|use] [to|if I want to] {task}?", "Is there a command to {task}?",
                "[Name|Tell me] the command that is used to {task}.",
            ],
            ["Which command do I need to {task}?", "What is the command to {task}?", "I need to {task}. What should I run?"]),
        new(
            "usage",
            [
                "What is the usage of {cmd}?", "How is {cmd} [called|used|written]?", "Show [me |]the usage of {cmd}.",
                "What does a call of {cmd} look like?", "What [arguments|inputs] does {cmd} [take|have|want]?",
                "How do I [call|write|type] {cmd}?", "Give me the [usage|form] of {cmd}.", "What goes behind {cmd}?",
            ],
            ["What is the form of a call of {cmd}?", "Which arguments can I give to {cmd}?"]),
        new(
            "argument",
            [
                "What is {arg} in {cmd}?", "What does {arg} [mean|stand for] in {cmd}?",
                "What do I [give|write|put] as {arg} [to|for|in] {cmd}?",
                "{cmd} wants {arg}. What is [it|that]?", "Explain {arg} of {cmd}.", "What can {arg} be [in|for] {cmd}?",
                "Tell me what {arg} is for {cmd}.", "What is the [meaning of {arg}|argument {arg}] in {cmd}?",
            ],
            ["What should I write for {arg} when I use {cmd}?", "In {cmd}, what is {arg}?"]),
        new(
            "required",
            [
                "Which options [must|do] I [always |]give to {cmd}?", "What options does {cmd} [need|require]?",
                "Which options of {cmd} are [required|needed]?", "What must be given to {cmd}?",
                "Name the required options of {cmd}.", "[Which|What] options can I not leave out of {cmd}?",
            ],
            ["Which options are required for {cmd}?", "What options must {cmd} have?"]),
        new(
            "option",
            [
                "What does {opt} do?", "What is {opt} [for|good for|used for]?", "What is the [meaning|purpose|job] of {opt}?",
                "Explain {opt}[| to me].",
                "Tell me [what {opt} does|about {opt}].", "What happens [with|when I give|if I use] {opt}?",
                "Describe {opt}[| for me].",
                "I saw the option {opt}. What [is it|does it do]?", "{opt}: what [is it|does it do|does it mean]?",
                "What does the option {opt} [do|mean]?", "Why would I [use|give] {opt}?",
            ],
            ["What can I do with {opt}?", "Could you explain what {opt} does?", "What is the option {opt} for?"]),
        new(
            "option-of",
            [
                "What does {opt} do [in|for|with] {cmd}?", "What is {opt} of {cmd} [for|good for|used for]?",
                "Explain {opt} of {cmd}.",
                "What is the [meaning|purpose|job] of {opt} in {cmd}?",
                "What happens [with|when I give|if I use] {opt} in {cmd}?",
                "{cmd} has {opt}. What [is it|does it do|is that for]?", "Tell me what {opt} [does|is] in {cmd}.",
                "What does {cmd} do with {opt}?", "Describe the option {opt} of {cmd}.",
                "In {cmd}, what [is {opt}|does {opt} mean]?",
                "What [does|will] the option {opt} of {cmd} do?",
            ],
            ["Could you explain {opt} in {cmd}?", "In {cmd}, what does {opt} do?", "What is the option {opt} of {cmd} for?"]),
        new(
            "which-option",
            [
                "Which option of {cmd} [means|says] this: {task}?", "{cmd}: which option is \"{task}\"?",
                "What is the option of {cmd} for \"{task}\"?", "Which option [do I give|is it] to {cmd} for this: {task}?",
                "Name the option of {cmd} that stands for \"{task}\".", "I need an option of {cmd}: {task}. Which [one |]is it?",
                "In {cmd}, which option has this [meaning|purpose|job]: {task}?", "Tell me the option of {cmd} for this: {task}.",
                "What option of {cmd} does this: {task}?",
            ],
            ["Which option of {cmd} is for this: {task}?", "What is the option of {cmd} that means \"{task}\"?"]),
        new(
            "how-option",
            [
                "How do I [set|choose|give|use] the {topic} [of|in|for|with] {cmd}?",
                "How can I [set|choose|give] {topic} [in|for|with] {cmd}?",
                "How do I [run|call|use] {cmd} with {topic}?",
                "I want [|to set ]the {topic} [in|for] {cmd}. [How?|What do I type?]",
                "Show me {cmd} with {topic}.", "What do I type for {topic} [in|with] {cmd}?",
                "{cmd} with {topic}: how[| do I write it]?",
                "How would I [set|give] the {topic} [to|in] {cmd}?", "Write {cmd} with {topic}.",
                "Give me a call of {cmd} with {topic}.",
            ],
            ["How do I call {cmd} and set the {topic}?", "What do I write to set the {topic} in {cmd}?",
                "Show me how to set {topic} in {cmd}."]),
        new(
            "default",
            [
                "What is the default of {opt} [in|for|of] {cmd}?",
                "What [holds|is used|is taken] if I do not give {opt} to {cmd}?",
                "What default does {opt} of {cmd} have?", "Which value does {opt} have by default in {cmd}?",
                "Tell me the default [value |]of {opt} in {cmd}.", "What is {opt} [set to |]by default in {cmd}?",
                "If I leave out {opt} in {cmd}, what is [used|taken]?", "In {cmd}, what is the default [for|of] {opt}?",
                "{cmd}: what is the default of {opt}?",
                "What is the value of {opt} in {cmd} when I [do not set it|leave it out]?",
            ],
            ["What is the default value of {opt} in {cmd}?", "By default, what is {opt} in {cmd}?",
                "What does {cmd} take for {opt} by default?"]),
        new(
            "short",
            [
                "What is the short [form|name|way to write] of {opt} in {cmd}?",
                "How do I [write|spell] {opt} [short|in short|with one letter] in {cmd}?",
                "Which letter stands for {opt} in {cmd}?", "Is there a short form of {opt} in {cmd}?",
                "What is {opt} of {cmd} in short?",
                "Tell me the short [form|name] of {opt} in {cmd}.", "In {cmd}, what is the one letter [form|name] of {opt}?",
                "What short option of {cmd} means {opt}?",
            ],
            ["In {cmd}, what is the short form of {opt}?", "Which short option is the same as {opt} in {cmd}?"]),
        new(
            "long",
            [
                "What does {opt} stand for in {cmd}?", "What is the long [form|name] of {opt} in {cmd}?",
                "Which long option is {opt} in {cmd}?",
                "What is {opt} of {cmd} written out?", "How do I write out {opt} in {cmd}?", "Spell out {opt} of {cmd}.",
                "Tell me the long [form|name] of {opt} in {cmd}.", "{opt} in {cmd} is short for what?",
            ],
            ["In {cmd}, what is the long form of {opt}?", "Which long option is the same as {opt} in {cmd}?"]),
        new(
            "other-name",
            [
                "What is another name [for|of] {opt} in {cmd}?", "What else can I write for {opt} in {cmd}?",
                "Which option of {cmd} is the same as {opt}?",
                "Does {opt} of {cmd} have another name?", "What is the other name of {opt} in {cmd}?",
            ],
            ["In {cmd}, what is another name for {opt}?"]),
        new(
            "whose-option",
            [
                "Which command has [the option |]{opt}?", "What command [takes|knows|has] {opt}?", "Where can I use {opt}?",
                "{opt} is an option of which command?", "To which command [do|can] I give {opt}?",
                "Tell me which command [has|takes] {opt}.",
                "Which command does {opt} belong to?", "What is the command with the option {opt}?",
                "Name the command that [has|takes] {opt}.",
            ],
            ["Which command can I use {opt} with?", "Which command knows the option {opt}?"]),
        new(
            "exit-meaning",
            [
                "What does exit code {code} mean?", "The exit code is {code}. What [happened|does it mean|is that]?",
                "Ashlar ended with {code}. [Why?|What does it mean?]",
                "What is exit code {code}?", "Explain exit code {code}.",
                "I got exit code {code}[.| from Ashlar.] What [is it|happened]?",
                "What does it mean when ashlar [exits|ends] with {code}?", "Tell me [about|the meaning of] exit code {code}.",
                "Why does ashlar [exit|end] with code {code}?",
            ],
            ["What is the meaning of exit code {code}?", "My command ended with exit code {code}. What does that mean?"]),
        new(
            "exit-code",
            [
                "Which exit code [means|is|stands for] \"{state}\"?", "What is the exit code [for|of] \"{state}\"?",
                "What does ashlar [exit|end] with for \"{state}\"?",
                "Tell me the exit code for \"{state}\".",
                "With which [code|exit code] does ashlar end when the state is \"{state}\"?",
                "What number is the exit code \"{state}\"?", "Name the exit code that means \"{state}\".",
            ],
            ["What exit code means \"{state}\"?", "Which exit code does \"{state}\" have?"]),
        new(
            "variable-use",
            [
                "What is {var} [for|used for|good for]?", "What does {var} [do|set|mean]?", "Explain {var}[| to me].",
                "Tell me [about|what] {var}[| is].",
                "What [happens|changes] when I set {var}?", "What is the [meaning|purpose|job] of {var}?",
                "I saw {var}. What is [it|that]?",
                "What does the environment variable {var} do?", "Why would I set {var}?",
            ],
            ["What can I do with {var}?", "What is the environment variable {var} for?"]),
        new(
            "variable",
            [
                "Which [environment |]variable sets {use}?", "How do I set {use}?",
                "What is the [environment |]variable for {use}?",
                "Which [environment |]variable holds {use}?", "Tell me the variable for {use}.",
                "Name the [environment |]variable that sets {use}.",
                "What do I set for {use}?", "I want to set {use}. Which variable [is it|do I need]?",
            ],
            ["What environment variable sets {use}?", "Which variable do I need for {use}?"]),
        new(
            "commands",
            [
                "Which commands [does Ashlar have|are there]?", "What commands [does Ashlar have|are there|can I use]?",
                "List [the|all] commands[| of Ashlar].",
                "Tell me all commands.", "What can I type behind ashlar?", "Name the commands of Ashlar.",
                "Show me [the|all] commands.",
            ],
            ["What are the commands of Ashlar?", "Which commands can I use?"]),
        new(
            "about",
            [
                "What is Ashlar?", "What are you part of?", "Tell me [about|what] Ashlar[| is].",
                "Explain Ashlar[| in one sentence].", "Describe Ashlar[| in one sentence].",
                "What is [this program|Ashlar about]?", "What does Ashlar do?", "What is Ashlar [for|good for]?",
            ],
            ["Could you explain what Ashlar is?", "What kind of program is Ashlar?"]),
        new(
            "license",
            [
                "What is the license of Ashlar?", "How is Ashlar licensed?", "Which license does Ashlar [have|use]?",
                "Under which license is Ashlar?",
                "Tell me the license[| of Ashlar].", "What license is it?",
            ],
            ["What license does Ashlar have?", "Which license is Ashlar under?"]),
        new(
            "works",
            [
                "What works in Ashlar for {area}?", "What does Ashlar [have|support|know|offer] for {area}?",
                "Which {area} does Ashlar [have|support|know]?",
                "Tell me about {area} in Ashlar.", "{area} in Ashlar: what [works|is there]?", "What about {area}[| in Ashlar]?",
                "What does Ashlar do [about|for] {area}?", "What can Ashlar do for {area}?",
            ],
            ["Which {area} are supported by Ashlar?", "What is there for {area} in Ashlar?"]),
    ];

    /// <summary>The forms of a kind of question.</summary>
    public static QuestionForms Of(string kind) =>
        Array.Find(All, forms => forms.Kind == kind) ?? throw new ArgumentException($"there are no questions of kind '{kind}'");
}
