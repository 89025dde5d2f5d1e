import apus

Program.run()
